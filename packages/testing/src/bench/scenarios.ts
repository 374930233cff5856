import { writeFileSync } from 'node:fs';

/** The numbers of each contender by name, or why there are none. */
export type Results<Result> = ReadonlyMap<string, Result | Failure>;

export interface Failure {
  readonly failed: string;
}

/** Runs the scenarios that are wanted, one after the other, and keeps their numbers. */
export class Scenarios {
  readonly #wanted: RegExp;
  readonly #numbers: Record<string, unknown> = {};

  /** @param wanted - a regular expression for the titles */
  constructor(wanted: string) {
    this.#wanted = new RegExp(wanted);
  }

  /** @param measure - shows its results itself; gives them for the file of all numbers, or undefined if there are none */
  async run(title: string, measure: () => Promise<unknown>): Promise<void> {
    if (!this.#wanted.test(title)) return;
    console.log(`\n${title}`);
    const numbers = await measure();
    if (numbers !== undefined) this.#numbers[title] = numbers;
  }

  /** Measures one contender after the other and shows the results as a table; one that fails does not end the run. */
  async compare<Contender extends { readonly name: string }, Result>(
    title: string,
    contenders: readonly Contender[],
    measure: (contender: Contender) => Promise<Result>,
    show: (results: Results<Result>) => string,
  ): Promise<void> {
    await this.run(title, async () => {
      const results = new Map<string, Result | Failure>();
      for (const contender of contenders) {
        const failure = (error: unknown): Failure => ({
          failed: error instanceof Error ? error.message : String(error),
        });
        results.set(contender.name, await measure(contender).catch(failure));
      }
      console.log(show(results));
      return Object.fromEntries(results);
    });
  }

  /** Writes all numbers as JSON. @param environment - what was measured, and on what */
  write(file: string, environment: unknown): void {
    writeFileSync(file, `${JSON.stringify({ environment, scenarios: this.#numbers }, null, 2)}\n`);
  }
}

/** The result, unless it failed or there is none. */
export function succeeded<Result>(result: Result | Failure | undefined): Result | undefined {
  return result === undefined || isFailure(result) ? undefined : result;
}

function isFailure(result: unknown): result is Failure {
  return typeof result === 'object' && result !== null && 'failed' in result;
}
