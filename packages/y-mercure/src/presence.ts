import {
  type Person,
  PRESENCE_REPORT_INTERVAL_MS,
  type Presence,
  type PresenceState,
  type SendPresence,
} from '@cahier/protocol';
import { type Awareness, removeAwarenessStates } from 'y-protocols/awareness';

export interface PresenceOptions {
  awareness: Awareness;
  /** Marks changes of the awareness that come from the server. */
  origin: unknown;
  /** Reports us; gives everybody who is here. */
  send(report: SendPresence, keepalive: boolean): Promise<readonly Presence[]>;
  /** What `user` others appear as. */
  userOf(person: Person): Record<string, unknown>;
}

/** Reports are at least so far apart; the newest wins. */
const MIN_INTERVAL_MS = 50;

/**
 * Keeps a y-protocols `Awareness` in step with the server: our cursor goes up, those of the others come down, with the
 * person that the server vouches for. Reports are best effort: they are repeated every few seconds, and the answer to it, a full list, puts right whatever events were lost.
 */
export class PresenceExchange {
  readonly #options: PresenceOptions;
  #connection: string | undefined;
  #dirty = false;
  /** Reports that are under way. */
  #sending = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setInterval> | undefined;
  /** By a clock that nobody sets: after the other was set back, nothing would be reported until it has caught up. */
  #lastReportAt = Number.NEGATIVE_INFINITY;
  /** The state reported last, as JSON; undefined: none, or it did not arrive. */
  #lastReported: string | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
    const { awareness } = options;
    // An earlier provider of the same Y.Doc, and so with the same client id, may have reported before us: continue where
    // no counting can have led it.
    awareness.meta.set(awareness.clientID, { clock: Date.now(), lastUpdated: Date.now() });
    awareness.on('update', this.#onUpdate);
  }

  /** A stream has opened: we are here, as `connection`. */
  opened(connection: string): void {
    this.#connection = connection;
    // A renewed clock: the server may have taken us for gone since the last report.
    this.#renew();
    clearInterval(this.#renewal);
    // Who is idle is given longer: the awareness's own renewal, every 15 s, is enough.
    this.#renewal = setInterval(() => {
      if (this.#options.awareness.getLocalState()?.idle !== true) this.#renew();
    }, PRESENCE_REPORT_INTERVAL_MS);
  }

  /** What came down the stream. */
  receive(presences: readonly Presence[]): void {
    const { awareness } = this.#options;
    const changes: Changes = { added: [], updated: [], filteredUpdated: [], removed: [] };
    for (const presence of presences) this.#learn(presence, changes, Number.NEGATIVE_INFINITY);
    announce(awareness, changes, this.#options.origin);
  }

  /** No stream is open: nobody sees us, until `opened` again. */
  interrupted(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#renewal);
    this.#timer = undefined;
    this.#connection = undefined;
  }

  /** We may not be here any more: we see nobody. */
  left(): void {
    this.interrupted();
    const { awareness, origin } = this.#options;
    const others = [...awareness.states.keys()].filter(client => client !== awareness.clientID);
    removeAwarenessStates(awareness, others, origin);
  }

  /** Says goodbye and stops reporting. */
  close(): void {
    this.#options.awareness.off('update', this.#onUpdate);
    this.suspend(false);
  }

  /** Says goodbye; `opened` brings us back. */
  suspend(keepalive: boolean): void {
    const connection = this.#connection;
    this.interrupted();
    if (connection === undefined) return;
    const { awareness, send } = this.#options;
    // The clock moves on, so that a report still in flight does not bring us back.
    const clock = clockOf(awareness) + 1;
    awareness.meta.set(awareness.clientID, { clock, lastUpdated: Date.now() });
    send({ connection, client: awareness.clientID, clock, state: null }, keepalive).catch(() => {});
  }

  /** Says again that we are here. */
  #renew(): void {
    const { awareness } = this.#options;
    this.#lastReported = undefined;
    awareness.setLocalState(awareness.getLocalState());
  }

  readonly #onUpdate = (
    { added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>,
    origin: unknown,
  ) => {
    const { awareness } = this.#options;
    if (origin !== 'local' || ![...added, ...updated, ...removed].includes(awareness.clientID)) return;
    // Editor bindings set the cursor again after every edit of anybody: sent on, that would be traffic that grows with
    // the square of the people.
    const isOld = performance.now() - this.#lastReportAt >= PRESENCE_REPORT_INTERVAL_MS;
    const hasMoved = JSON.stringify(presenceState(awareness.getLocalState())) !== this.#lastReported;
    if (isOld || hasMoved) this.#report();
  };

  #report(): void {
    this.#dirty = true;
    if (this.#timer !== undefined || this.#connection === undefined) return;
    // One that hangs, on a connection that has stalled, must not make us look gone: another may pass it.
    const isDue = performance.now() - this.#lastReportAt >= PRESENCE_REPORT_INTERVAL_MS - MIN_INTERVAL_MS;
    if (this.#sending >= (isDue ? 2 : 1)) return;
    const waitMs = this.#lastReportAt + MIN_INTERVAL_MS - performance.now();
    if (waitMs <= 0) void this.#sendReport();
    else this.#timer = setTimeout(() => this.#sendReport(), waitMs);
  }

  async #sendReport(): Promise<void> {
    const { awareness, send } = this.#options;
    this.#timer = undefined;
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#dirty = false;
    this.#sending += 1;
    this.#lastReportAt = performance.now();
    const state = presenceState(awareness.getLocalState());
    this.#lastReported = JSON.stringify(state);
    try {
      const askedAt = Date.now();
      const here = await send(
        { connection, client: awareness.clientID, clock: clockOf(awareness), state },
        false,
      );
      if (this.#connection === connection) this.#reconcile(here, askedAt);
    } catch {
      this.#lastReported = undefined;
      // The next renewal, or the next opening of the stream, repeats it.
    } finally {
      this.#sending -= 1;
    }
    if (this.#dirty) this.#report();
  }

  /** The full list: those who are not on it have gone, unless they came after it was asked for. */
  #reconcile(here: readonly Presence[], askedAt: number): void {
    const { awareness, origin } = this.#options;
    const changes: Changes = { added: [], updated: [], filteredUpdated: [], removed: [] };
    for (const presence of here) this.#learn(presence, changes, askedAt);
    const listed = new Set(here.map(({ client }) => client));
    for (const client of awareness.states.keys()) {
      const lastUpdated = awareness.meta.get(client)?.lastUpdated ?? 0;
      if (client === awareness.clientID || listed.has(client) || lastUpdated >= askedAt) continue;
      awareness.states.delete(client);
      changes.removed.push(client);
    }
    announce(awareness, changes, origin);
  }

  /**
   * Takes one presence over, by the rules of y-protocols' `applyAwarenessUpdate`, with one difference: hearing the same
   * again keeps it alive, or brings it back if nothing was heard of it since `revivedBefore`, because the server does
   * not send what has not changed.
   */
  #learn({ client, clock, person, state }: Presence, changes: Changes, revivedBefore: number): void {
    const { awareness, userOf } = this.#options;
    if (client === awareness.clientID) return;
    const known = awareness.meta.get(client);
    const before = awareness.states.get(client);
    if (known !== undefined && clock < known.clock) return;
    const isNews =
      known === undefined ||
      clock > known.clock ||
      (before === undefined && known.lastUpdated < revivedBefore);
    awareness.meta.set(client, { clock, lastUpdated: Date.now() });
    if (state === null) {
      if (awareness.states.delete(client)) changes.removed.push(client);
    } else if (isNews) {
      awareness.states.set(client, { user: userOf(person), ...state });
      if (before === undefined) changes.added.push(client);
      else {
        changes.updated.push(client);
        // The person behind a client id stays the same.
        const looksDifferent = JSON.stringify(presenceState(before)) !== JSON.stringify(presenceState(state));
        if (looksDifferent) changes.filteredUpdated.push(client);
      }
    }
  }
}

interface Changes {
  added: number[];
  /** All that were renewed, and those of them that look different now. */
  updated: number[];
  filteredUpdated: number[];
  removed: number[];
}

function announce(awareness: Awareness, changes: Changes, origin: unknown): void {
  const { added, updated, filteredUpdated, removed } = changes;
  if (added.length + filteredUpdated.length + removed.length > 0) {
    awareness.emit('change', [{ added, updated: filteredUpdated, removed }, origin]);
  }
  if (added.length + updated.length + removed.length > 0) {
    awareness.emit('update', [{ added, updated, removed }, origin]);
  }
}

function clockOf(awareness: Awareness): number {
  return awareness.meta.get(awareness.clientID)?.clock ?? 0;
}

/** What of a state travels: where the cursor is, and whether anybody is at it. Who we are is for the server to say. */
function presenceState(local: Record<string, unknown> | null): PresenceState | null {
  if (local === null) return null;
  // Editors put Yjs relative positions there, whose JSON form is the wire's.
  const cursor = JSON.parse(JSON.stringify(local.cursor ?? null));
  return local.idle === true ? { cursor, idle: true } : { cursor };
}
