import { HubError } from '../diagnostics/errors.ts';

/** How long a refused client is told to wait, in seconds. */
const RETRY_AFTER_S = 5;

export interface ConnectionLimitsOptions {
  readonly maxConnections: number;
  /** Undefined: no limit but the total. */
  readonly maxConnectionsPerAddress: number | undefined;
  /** Undefined: no limit but the total. */
  readonly maxConnectionsPerToken: number | undefined;
}

/** Counts the streams that are open or being opened: all of them, those of each address, those of each token. */
export class ConnectionLimits {
  readonly #options: ConnectionLimitsOptions;
  readonly #byHolder = new Map<string, number>();
  #total = 0;

  constructor(options: ConnectionLimitsOptions) {
    this.#options = options;
  }

  /**
   * Takes a place for one stream.
   *
   * @param tokenKey - stands for the token; undefined for a stream without one
   * @returns gives the place back, once
   * @throws HubError `too_many_connections`
   */
  admit(address: string, tokenKey: string | undefined): () => void {
    const { maxConnections, maxConnectionsPerAddress, maxConnectionsPerToken } = this.#options;
    if (this.#total >= maxConnections) throw tooMany('The hub has as many streams as it may have');
    const holders: string[] = [];
    if (maxConnectionsPerAddress !== undefined) {
      const holder = `address ${address}`;
      if (this.#count(holder) >= maxConnectionsPerAddress) throw tooMany('This address has too many streams');
      holders.push(holder);
    }
    if (maxConnectionsPerToken !== undefined && tokenKey !== undefined) {
      const holder = `token ${tokenKey}`;
      if (this.#count(holder) >= maxConnectionsPerToken) throw tooMany('This token has too many streams');
      holders.push(holder);
    }
    this.#total++;
    for (const holder of holders) this.#byHolder.set(holder, this.#count(holder) + 1);

    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#total--;
      for (const holder of holders) {
        const count = this.#count(holder) - 1;
        if (count === 0) this.#byHolder.delete(holder);
        else this.#byHolder.set(holder, count);
      }
    };
  }

  #count(holder: string): number {
    return this.#byHolder.get(holder) ?? 0;
  }
}

function tooMany(detail: string): HubError {
  return new HubError('too_many_connections', detail, {
    headers: { 'retry-after': String(RETRY_AFTER_S) },
  });
}
