import { readUpdate, type UpdateVisitor } from './read-update.ts';
import { missing } from './refused-update.ts';

/** What a log contains: for each client the clock that its next element will have. */
export type StateVector = ReadonlyMap<number, number>;

/** What the structs of one client wait for, in the order of their clocks. */
interface Plan {
  readonly at: number[];
  readonly onClient: number[];
  readonly onClock: number[];
  next: number;
}

/**
 * Checks that an update can be integrated completely into a log that contains `known`: that it continues every client
 * without a hole, and that everything it builds on (left and right neighbours, parents, what it deletes) is in the
 * log or in itself, in an order that can be followed. Otherwise clients that load the log would wait for it for ever.
 *
 * @returns the next clocks of the clients that the update touches, for the state vector after it
 * @throws RefusedUpdate `update_malformed`, `update_foreign` or `update_missing_dependencies`
 */
export function integrate(bytes: Uint8Array, rootName: string, known: StateVector): StateVector {
  const check = new IntegrationCheck(known);
  readUpdate(bytes, rootName, check);
  check.order();
  return check.ends;
}

/** Adds what an update of the log brings to a state vector, without checking it again. */
export function advance(vector: Map<number, number>, bytes: Uint8Array, rootName: string): void {
  readUpdate(bytes, rootName, {
    struct: (client, _, end) => {
      if (end > (vector.get(client) ?? 0)) vector.set(client, end);
    },
  });
}

class IntegrationCheck implements UpdateVisitor {
  readonly ends = new Map<number, number>();
  readonly #known: StateVector;
  readonly #plans = new Map<number, Plan>();

  constructor(known: StateVector) {
    this.#known = known;
  }

  struct(client: number, clock: number, end: number) {
    const reached = this.#endOf(client);
    if (clock > reached) throw missing('earlier edits of the same client are missing');
    if (end > reached) this.ends.set(client, end);
  }

  dependency(client: number, clock: number, onClient: number, onClock: number) {
    if (onClock < (this.#known.get(onClient) ?? 0)) return;
    if (client === onClient) {
      // What comes earlier from the same client has been read already; continuity is checked with each struct.
      if (onClock >= clock) throw missing('something builds on itself');
      return;
    }
    let plan = this.#plans.get(client);
    if (!plan) {
      plan = { at: [], onClient: [], onClock: [], next: 0 };
      this.#plans.set(client, plan);
    }
    plan.at.push(clock);
    plan.onClient.push(onClient);
    plan.onClock.push(onClock);
  }

  deletion(client: number, _: number, end: number) {
    if (end > this.#endOf(client)) throw missing('what it deletes is missing');
  }

  /** Follows the dependencies inside the update as Yjs does when it integrates; each is looked at twice at most. */
  order() {
    for (const client of this.#plans.keys()) this.#complete(client);
  }

  #complete(client: number) {
    const stack = [{ client, upTo: Number.POSITIVE_INFINITY }];
    const waiting = new Set([client]);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const needed = this.#blocker(top.client, top.upTo);
      if (!needed) {
        stack.pop();
        waiting.delete(top.client);
        continue;
      }
      if (needed.upTo >= this.#endOf(needed.client)) throw missing('what it builds on is missing');
      if (waiting.has(needed.client)) throw missing('parts of it wait for each other');
      stack.push(needed);
      waiting.add(needed.client);
    }
  }

  /** Integrates `client` up to a clock (inclusive) as far as it goes; gives what it waits for, if anything. */
  #blocker(client: number, upTo: number): { client: number; upTo: number } | undefined {
    const plan = this.#plans.get(client);
    if (!plan) return undefined;
    for (; plan.next < plan.at.length && (plan.at[plan.next] as number) <= upTo; plan.next++) {
      const onClient = plan.onClient[plan.next] as number;
      const onClock = plan.onClock[plan.next] as number;
      if (onClock >= this.#integrated(onClient)) return { client: onClient, upTo: onClock };
    }
    return undefined;
  }

  /** The clock up to which (exclusive) a client's elements are integrated at this point. */
  #integrated(client: number): number {
    const plan = this.#plans.get(client);
    return plan?.at[plan.next] ?? this.#endOf(client);
  }

  #endOf(client: number): number {
    return this.ends.get(client) ?? this.#known.get(client) ?? 0;
  }
}
