import { type Person, PRESENCE_REPORT_INTERVAL_MS, type Presence, type SendPresence } from '@cahier/protocol';
import { Batcher } from './batcher.ts';
import type { Publisher } from './publisher.ts';

/** Cursors that move faster than this share an event. */
const WINDOW_MS = 50;

/** A stream that ended may come back: a lift, a switch of networks. */
const RETURN_GRACE_MS = 2_000;

/**
 * Without a report for so long somebody counts as gone: a network that is lost, or a laptop that is closed, ends no stream.
 * One report may get lost, and the next be late. Idle people may be behind other tabs, where browsers let them report
 * once a minute.
 */
const EXPIRY_MS = 2.5 * PRESENCE_REPORT_INTERVAL_MS;
const IDLE_EXPIRY_MS = 90_000;
const SWEEP_INTERVAL_MS = 1_000;

/** Moves that may wait for a slow hub; beyond it, the last of every cursor. */
const MAX_WAITING_CHANGES = 2 * 500;

/** Open editors that one document shows; whoever comes later writes unseen. */
const MAX_PRESENCES_PER_DOCUMENT = 500;

/** Ended streams that are remembered, so that a report overtaken by the end of its stream brings nobody back. */
const MAX_REMEMBERED_CONNECTIONS = 10_000;

interface Entry {
  readonly presence: Presence;
  readonly connection: string;
  readonly seenAt: number;
}

interface Change {
  readonly presence: Presence;
  readonly accessGeneration: number;
}

interface Room {
  readonly entries: Map<number, Entry>;
  accessGeneration: number;
}

/** Of several moves of one cursor only the last is worth sending. */
const latestOf = (changes: readonly Change[]): Change[] => [
  ...new Map(changes.map(change => [change.presence.client, change])).values(),
];

interface PresenceOptions {
  readonly graceMs?: number;
  readonly expiryMs?: number;
  readonly idleExpiryMs?: number;
  readonly sweepIntervalMs?: number;
}

/** Who is in which document at this moment, and where. Kept in memory only. */
export class PresenceTable {
  readonly #rooms = new Map<string, Room>();
  readonly #changes: Batcher<Change>;
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #ended = new Set<string>();
  /** The documents in which somebody has reported under a stream. */
  readonly #documentsOf = new Map<string, Set<string>>();
  readonly #graceMs: number;
  readonly #expiryMs: number;
  readonly #idleExpiryMs: number;
  readonly #sweeper: NodeJS.Timeout;

  constructor(
    publisher: Publisher,
    {
      graceMs = RETURN_GRACE_MS,
      expiryMs = EXPIRY_MS,
      idleExpiryMs = IDLE_EXPIRY_MS,
      sweepIntervalMs = SWEEP_INTERVAL_MS,
    }: PresenceOptions = {},
  ) {
    this.#graceMs = graceMs;
    this.#expiryMs = expiryMs;
    this.#idleExpiryMs = idleExpiryMs;
    this.#changes = new Batcher({
      windowMs: WINDOW_MS,
      handle: async (documentId, changes) => {
        // To those only who may listen by now.
        const accessGeneration = Math.max(...changes.map(change => change.accessGeneration));
        const presences = latestOf(changes).map(({ presence }) => presence);
        await publisher.publish(documentId, accessGeneration, { type: 'presence', presences });
      },
      shorten: changes => (changes.length > MAX_WAITING_CHANGES ? latestOf(changes) : changes),
    });
    this.#sweeper = setInterval(() => this.#sweep(), sweepIntervalMs).unref();
  }

  /**
   * Takes a report of one open editor, which lives as long as the stream named `connection`. Reports that are older
   * than what is known, or that speak for somebody else's editor, change nothing.
   *
   * @returns everybody who is here
   */
  report(
    documentId: string,
    accessGeneration: number,
    person: Person,
    { connection, client, clock, state }: SendPresence,
  ): Presence[] {
    const room = this.#rooms.get(documentId) ?? { entries: new Map(), accessGeneration };
    room.accessGeneration = Math.max(room.accessGeneration, accessGeneration);
    const known = room.entries.get(client);
    const isNews = !known || (known.presence.person.id === person.id && clock > known.presence.clock);
    if (isNews && !this.#ended.has(connection)) {
      const presence = { client, clock, person, state };
      if (state === null) {
        if (known) this.#remove(documentId, room, known, clock);
      } else if (known || room.entries.size < MAX_PRESENCES_PER_DOCUMENT) {
        if (known && known.connection !== connection) this.#forgetConnection(documentId, room, known);
        room.entries.set(client, { presence, connection, seenAt: Date.now() });
        this.#documentsOf.set(connection, (this.#documentsOf.get(connection) ?? new Set()).add(documentId));
        this.#rooms.set(documentId, room);
        // A repetition only says that they are still here: everybody hears that with the answer to their own.
        if (JSON.stringify(known?.presence.state) !== JSON.stringify(state)) {
          this.#changes.add(documentId, { presence, accessGeneration: room.accessGeneration });
        }
      }
    }
    return [...room.entries.values()].map(({ presence }) => presence);
  }

  /** A stream has opened, perhaps one that had ended a moment ago. */
  streamOpened(connection: string): void {
    clearTimeout(this.#leaving.get(connection));
    this.#leaving.delete(connection);
    this.#ended.delete(connection);
  }

  /** A stream has ended: unless it comes back soon, those who reported under it are gone. */
  streamEnded(connection: string): void {
    clearTimeout(this.#leaving.get(connection));
    const timer = setTimeout(() => {
      this.#leaving.delete(connection);
      this.#rememberEnded(connection);
      for (const documentId of [...(this.#documentsOf.get(connection) ?? [])]) {
        this.#removeWhere(documentId, entry => entry.connection === connection);
      }
    }, this.#graceMs);
    this.#leaving.set(connection, timer.unref());
  }

  /** A right has been withdrawn: the topics are those of a new generation, and perhaps somebody is not here any more. */
  accessChanged(documentId: string, accessGeneration: number, removedUserId?: string): void {
    const room = this.#rooms.get(documentId);
    if (!room) return;
    room.accessGeneration = Math.max(room.accessGeneration, accessGeneration);
    if (removedUserId) {
      this.#removeWhere(documentId, entry => entry.presence.person.id === removedUserId);
    }
  }

  /** Stops the timers and sends what is still to be sent. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
    await this.#changes.drain();
  }

  #sweep() {
    const now = Date.now();
    const expiryMsOf = ({ presence }: Entry) => (presence.state?.idle ? this.#idleExpiryMs : this.#expiryMs);
    for (const documentId of this.#rooms.keys()) {
      this.#removeWhere(documentId, entry => entry.seenAt < now - expiryMsOf(entry));
    }
  }

  #removeWhere(documentId: string, applies: (entry: Entry) => boolean) {
    const room = this.#rooms.get(documentId);
    if (!room) return;
    for (const entry of [...room.entries.values()]) {
      if (applies(entry)) this.#remove(documentId, room, entry, entry.presence.clock);
    }
  }

  #remove(documentId: string, room: Room, entry: Entry, clock: number) {
    const { presence } = entry;
    room.entries.delete(presence.client);
    this.#forgetConnection(documentId, room, entry);
    if (room.entries.size === 0) this.#rooms.delete(documentId);
    this.#changes.add(documentId, {
      presence: { ...presence, clock, state: null },
      accessGeneration: room.accessGeneration,
    });
  }

  /** An entry does not live under its stream any more: unless another of the document does, the stream is none of its. */
  #forgetConnection(documentId: string, { entries }: Room, { presence, connection }: Entry) {
    for (const other of entries.values()) {
      if (other.connection === connection && other.presence.client !== presence.client) return;
    }
    const documents = this.#documentsOf.get(connection);
    documents?.delete(documentId);
    if (documents?.size === 0) this.#documentsOf.delete(connection);
  }

  #rememberEnded(connection: string) {
    this.#ended.add(connection);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= MAX_REMEMBERED_CONNECTIONS) break;
      this.#ended.delete(oldest);
    }
  }
}
