import { resolve } from 'node:path';
import { HubError } from '../../diagnostics/errors.ts';
import type { Update } from '../../messages/update.ts';
import type { LiveEvent, Position, StoredEvent, Transport } from '../transport.ts';
import type { HistoryBounds, HistorySize } from './history.ts';
import type { Opened } from './messages.ts';
import { bytesOfUpdate, fromRow, toRow } from './rows.ts';
import { HistoryThread } from './thread.ts';

const DEFAULT_MAX_EVENTS = 1_000_000;
const DEFAULT_MAX_BYTES = 1024 ** 3;

/** One commit takes no more than this at once, so that the first to ask does not wait for megabytes of others. */
const MAX_COMMIT_EVENTS = 500;
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;
/** Bytes of updates that may wait for the disk; beyond that, publishing is refused. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** How often events that are too old are looked for: this part of the greatest age, within these bounds. */
const AGE_CHECKS_PER_AGE = 10;
const MIN_AGE_CHECK_INTERVAL_MS = 100;
const MAX_AGE_CHECK_INTERVAL_MS = 60_000;

/** A probe writes to the disk; however often it is asked for, it is not made more often than this. */
const PROBE_INTERVAL_MS = 1_000;

export interface SqliteTransportOptions {
  /** The database file; its directory exists. Files with the endings `-wal`, `-shm` and `.lock` join it there. */
  readonly file: string;
  /** Most events kept. Default: 1,000,000. */
  readonly maxEvents?: number;
  /** Most bytes kept, counted as UTF-8 of the updates' fields. Default: 1 GiB. */
  readonly maxBytes?: number;
  /** How long events are kept, in milliseconds. Default: as long as the other bounds allow. */
  readonly maxAgeMs?: number;
}

interface Publication {
  readonly update: Update;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A transport for one process whose history lives in an SQLite file and survives restarts, crashes and power cuts: a
 * publication is acknowledged, and delivered, when it has reached the disk. The newest event is kept whatever the bounds.
 *
 * @throws HubError (rejects) `options_invalid`; `history_locked` when another hub has the file; `history_unusable` when
 *   it is damaged, something else's, or cannot be opened
 */
export async function sqliteTransport({
  file,
  maxEvents = DEFAULT_MAX_EVENTS,
  maxBytes = DEFAULT_MAX_BYTES,
  maxAgeMs = Number.POSITIVE_INFINITY,
}: SqliteTransportOptions): Promise<Transport> {
  for (const [name, value] of Object.entries({ maxEvents, maxBytes, maxAgeMs })) {
    const unbounded = name === 'maxAgeMs' && value === Number.POSITIVE_INFINITY;
    if (!unbounded && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new HubError('options_invalid', `${name} must be a positive whole number, not ${value}`);
    }
  }
  const data = { file: resolve(file), bounds: { maxEvents, maxBytes, maxAgeMs } };
  const writer = new HistoryThread({ ...data, role: 'writer' });
  // The reader comes second: the writer makes the tables and holds the lock.
  const opened = await writer.opened;
  const reader = new HistoryThread({ ...data, role: 'reader' });
  await reader.opened;
  return new SqliteTransport(writer, reader, opened, data.bounds);
}

class SqliteTransport implements Transport {
  readonly #writer: HistoryThread;
  readonly #reader: HistoryThread;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #ageCheck: NodeJS.Timeout | undefined;
  #waiting: Publication[] = [];
  #waitingBytes = 0;
  #lastEventId: string;
  #size: HistorySize;
  #committing: Promise<void> | undefined;
  #discarding: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #probe: { readonly at: number; readonly result: Promise<boolean> } | undefined;

  constructor(
    writer: HistoryThread,
    reader: HistoryThread,
    { lastEventId, size }: Opened,
    { maxAgeMs }: HistoryBounds,
  ) {
    this.#writer = writer;
    this.#reader = reader;
    this.#lastEventId = lastEventId;
    this.#size = size;
    if (Number.isFinite(maxAgeMs)) {
      const interval = Math.max(maxAgeMs / AGE_CHECKS_PER_AGE, MIN_AGE_CHECK_INTERVAL_MS);
      this.#ageCheck = setInterval(
        () => this.#discard(),
        Math.min(interval, MAX_AGE_CHECK_INTERVAL_MS),
      ).unref();
    }
    // The bounds may have become narrower since the file was written.
    this.#discard();
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  get historySize(): HistorySize {
    return this.#size;
  }

  async publish(update: Update): Promise<void> {
    if (this.#closing) throw new HubError('hub_closed', 'The history is closed');
    if (update.ephemeral) {
      this.#announce({ position: undefined, update });
      return;
    }
    const bytes = bytesOfUpdate(update);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      throw new HubError('transport_unavailable', 'Too many updates wait for the disk', {
        headers: { 'retry-after': '1' },
      });
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ update, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#committing ??= this.#commitAll().finally(() => {
        this.#committing = undefined;
      });
    });
  }

  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async find(id: string): Promise<Position | undefined> {
    const position = await this.#reader.call('find', id);
    return position === undefined ? undefined : BigInt(position);
  }

  async read(after: Position, limit: number): Promise<readonly StoredEvent[] | undefined> {
    const rows = await this.#reader.call('read', { after: Number(after), limit });
    return rows?.map(fromRow);
  }

  ready(): Promise<boolean> {
    const now = performance.now();
    if (this.#probe === undefined || now - this.#probe.at >= PROBE_INTERVAL_MS) {
      const written = this.#writer.call('probe');
      const found = this.#reader.call('find', this.#lastEventId);
      const result = Promise.all([written, found]).then(
        () => true,
        () => false,
      );
      this.#probe = { at: now, result };
    }
    return this.#probe.result;
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      clearInterval(this.#ageCheck);
      await this.#committing;
      await this.#discarding;
      this.#listeners.clear();
      await this.#reader.close();
      await this.#writer.close();
    })();
    return this.#closing;
  }

  /** The group commit: what arrives while one commit is under way goes into the next. */
  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        const { first, more, size } = await this.#writer.call(
          'commit',
          group.map(({ update }) => toRow(update)),
        );
        this.#size = size;
        for (const [index, { update, resolve }] of group.entries()) {
          this.#lastEventId = update.id;
          this.#announce({ position: BigInt(first + index), update });
          resolve();
        }
        if (more) this.#discard();
      } catch (error) {
        for (const { reject } of group) reject(error as Error);
      } finally {
        for (const { bytes } of group) this.#waitingBytes -= bytes;
      }
    }
  }

  #takeGroup(): Publication[] {
    let bytes = 0;
    let count = 0;
    for (const publication of this.#waiting) {
      if (count > 0 && (count >= MAX_COMMIT_EVENTS || bytes + publication.bytes > MAX_COMMIT_BYTES)) break;
      bytes += publication.bytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** Discards step by step; commits go in between. */
  #discard(): void {
    this.#discarding ??= (async () => {
      try {
        let more = true;
        while (more && this.#closing === undefined) {
          const step = await this.#writer.call('discard');
          this.#size = step.size;
          more = step.more;
        }
      } catch {
        // Publishing or the next probe meets the same trouble and reports it.
      } finally {
        this.#discarding = undefined;
      }
    })();
  }

  #announce(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
