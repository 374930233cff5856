import { setImmediate } from 'node:timers/promises';
import type { Random } from '@cahier/testing';
import type { LiveEvent, Position, StoredEvent, Subscription, Transport, Update } from '../src/index.ts';

interface Entry {
  readonly position: Position;
  /** The update, as bytes that went through a network. */
  readonly written: string;
}

/**
 * What a log server that several processes share does, as Redis Streams do: entries under an id of two numbers, which
 * come to every reader in order but some time later; messages that are not kept; sets that belong to a process. Each
 * `connect()` is the transport of one process.
 */
export class SharedLog {
  readonly #maxEvents: number;
  readonly #random: Random;
  #entries: Entry[] = [];
  #lastDiscarded: Entry | undefined;
  #milliseconds = 1_700_000_000_000n;
  readonly #wake = new Set<() => void>();
  readonly #passing = new Set<(written: string) => void>();
  readonly #directories = new Set<Set<string>>();

  constructor(maxEvents: number, random: Random) {
    this.#maxEvents = maxEvents;
    this.#random = random;
  }

  /** @returns the transport, and the way to keep the network from it for a while */
  connect(): { transport: Transport; interrupt: () => () => void } {
    const listeners = new Set<{ heard: (event: LiveEvent) => void; onLost: (() => void) | undefined }>();
    /** What this process has published, until it comes back. */
    const own = new Map<string, { update: Update; heard: () => void }>();
    const entered = new Set<string>();
    this.#directories.add(entered);
    let last = this.#entries.at(-1);
    let isInterrupted = false;
    let isClosed = false;
    let isReading = false;

    const tell = (key: string, event: LiveEvent) => {
      const mine = own.get(key);
      own.delete(key);
      for (const { heard } of listeners)
        heard(mine === undefined ? event : { ...event, update: mine.update });
      mine?.heard();
    };
    const readOn = async () => {
      while (!isInterrupted && !isClosed) {
        const from = last?.position ?? 0n;
        const next = this.#entries.find(({ position }) => position > from);
        if (next === undefined) return;
        if (from < (this.#lastDiscarded?.position ?? 0n)) {
          for (const { onLost } of listeners) onLost?.();
        }
        await this.#aWhile();
        if (isInterrupted || isClosed) return;
        last = next;
        tell(String(next.position), { position: next.position, update: JSON.parse(next.written) });
      }
    };
    const wake = () => {
      if (isReading) return;
      isReading = true;
      void readOn().finally(() => {
        isReading = false;
        // Something may have been written while the last look found nothing.
        const newest = this.#entries.at(-1)?.position ?? 0n;
        if (!isInterrupted && !isClosed && (last?.position ?? 0n) < newest) wake();
      });
    };
    this.#wake.add(wake);
    const hearPassing = async (written: string) => {
      const [key, update] = JSON.parse(written) as [string, Update];
      await this.#aWhile();
      tell(key, { position: undefined, update });
    };
    this.#passing.add(hearPassing);
    let passing = 0;

    const transport: Transport = {
      get lastEventId() {
        return last === undefined ? 'earliest' : (JSON.parse(last.written) as Update).id;
      },
      publish: async update => {
        await this.#aWhile();
        await new Promise<void>(heard => {
          if (update.ephemeral) {
            const key = `${this.#random.integer(0, 2 ** 30)}-${passing++}`;
            own.set(key, { update, heard });
            for (const hear of this.#passing) hear(JSON.stringify([key, update]));
            return;
          }
          const position = this.#add(JSON.stringify(update));
          own.set(String(position), { update, heard });
          for (const wakeReader of this.#wake) wakeReader();
        });
      },
      listen(heard, onLost) {
        const listener = { heard, onLost };
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      find: async id => {
        await this.#aWhile();
        if (id === 'earliest') return this.#lastDiscarded?.position ?? 0n;
        const hasId = ({ written }: Entry) => (JSON.parse(written) as Update).id === id;
        const found = this.#entries.find(hasId);
        if (found !== undefined) return found.position;
        return this.#lastDiscarded && hasId(this.#lastDiscarded) ? this.#lastDiscarded.position : undefined;
      },
      read: async (after, limit) => {
        await this.#aWhile();
        if (after < (this.#lastDiscarded?.position ?? 0n)) return undefined;
        const page = this.#entries.filter(({ position }) => position > after).slice(0, limit);
        return page.map(({ position, written }): StoredEvent => ({ position, update: JSON.parse(written) }));
      },
      directory: {
        update: async (subscriptions, active) => {
          await this.#aWhile();
          for (const subscription of subscriptions) {
            if (active) entered.add(JSON.stringify(subscription));
            else entered.delete(JSON.stringify(subscription));
          }
        },
        others: async () => {
          await this.#aWhile();
          return [...this.#directories]
            .filter(directory => directory !== entered)
            .flatMap(directory => [...directory].map(written => JSON.parse(written) as Subscription));
        },
      },
      ready: async () => !isInterrupted,
      close: async () => {
        isClosed = true;
        listeners.clear();
        this.#wake.delete(wake);
        this.#passing.delete(hearPassing);
        this.#directories.delete(entered);
      },
    };
    const interrupt = () => {
      isInterrupted = true;
      return () => {
        isInterrupted = false;
        wake();
      };
    };
    return { transport, interrupt };
  }

  /** Ids as Redis makes them, milliseconds and a number within them, side by side in one integer. */
  #add(written: string): Position {
    this.#milliseconds += BigInt(this.#random.integer(1, 1_000));
    const position = (this.#milliseconds << 64n) | BigInt(this.#random.integer(0, 5));
    this.#entries.push({ position, written });
    while (this.#entries.length > this.#maxEvents) this.#lastDiscarded = this.#entries.shift();
    return position;
  }

  async #aWhile(): Promise<void> {
    for (let turns = this.#random.integer(0, 3); turns > 0; turns--) await setImmediate();
  }
}
