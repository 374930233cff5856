import {
  type DocumentEvent,
  type ErrorCode,
  errors,
  MAX_STREAM_DOCUMENTS,
  RequestError,
} from '@cahier/protocol';
import { uuidv4 } from 'lib0/random';
import { type ConnectionOptions, streamConnection } from './connection.ts';
import { HubStream, type StreamConnection } from './hub-stream.ts';
import { Leadership } from './leadership.ts';
import { holdLock, lockManager } from './locks.ts';
import { Members, NOT_STANDING, type StreamStanding } from './members.ts';
import { createOwnStreams } from './own-streams.ts';
import { isHidden, onPageHide } from './page.ts';
import type { DocumentStreams, StreamListener, StreamMembership } from './streams.ts';

export interface SharedStreamsOptions extends ConnectionOptions {
  /** Who is logged in: tabs share a stream only with tabs of the same person. */
  userId: string;
}

export interface SharedStreams extends DocumentStreams {
  /** Ends this tab's part: the others go on without it. */
  close(): void;
}

/** What tabs say to each other. `term` tells which leader speaks: what an earlier one still says is not listened to. */
type Message =
  /** From every tab, whenever it changes: the documents open in it. */
  | { kind: 'here'; tab: string; term: number; documents: string[] }
  | { kind: 'gone'; tab: string }
  /** To the leader. */
  | { kind: 'ask'; what: 'standing' | 'retry' | 'probe' }
  /** From the leader. */
  | { kind: 'standing'; term: number; hidden: boolean; standing: StreamStanding }
  | { kind: 'event'; term: number; event: DocumentEvent }
  | { kind: 'unknown event'; term: number }
  | { kind: 'refused'; term: number; documentId: string; code: ErrorCode }
  | { kind: 'ended'; term: number; code: ErrorCode };

/** A visible tab looks after its leader so often, and gives it so long to answer. */
const LOOK_AFTER_MS = 5_000;
const ANSWER_WITHIN_MS = 2_000;
/** A leader whom nobody sees, and whose timers are slow therefore, is given so many looks to get its stream open. */
const PATIENT_LOOKS = 2;
/** Tabs that are restored together add their documents together. */
const GATHER_MS = 50;

/**
 * Streams shared by all tabs of a browser: one tab, the leader, has a stream for the documents of all of them, and tells
 * the others what comes down it. Any tab may go away at any moment. Whenever the leader, or the set of documents, has
 * changed, everybody is told that a stream has opened, and reads the log.
 *
 * Where the browser has no Web Locks (they need HTTPS) each tab has a stream of its own, while it is visible.
 */
export function createSharedStreams({ userId, ...options }: SharedStreamsOptions): SharedStreams {
  const connection = streamConnection(options);
  const locks = lockManager();
  if (locks === undefined || typeof BroadcastChannel === 'undefined') {
    return createOwnStreams(connection, { whileVisible: true });
  }
  return new TabStreams(userId, connection, locks);
}

class TabStreams implements SharedStreams {
  readonly #tab = uuidv4();
  readonly #name: string;
  readonly #locks: LockManager;
  readonly #channel: BroadcastChannel;
  readonly #members = new Members();
  readonly #leadership: Leadership;
  readonly #stream: HubStream;
  /** We hold the lock that shows the others that this tab is alive; gives the function that lets go of it. */
  readonly #ready: Promise<() => void>;
  /** The documents open in each tab, the tab that spoke last at the end. */
  readonly #tabs = new Map<string, readonly string[]>();
  #term = 0;
  #standing = NOT_STANDING;
  /** Ends with our leadership, and with it the watch over the other tabs. */
  #reign = new AbortController();
  readonly #watched = new Set<string>();
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #unanswered: ReturnType<typeof setTimeout> | undefined;
  #idleLooks = 0;
  #closed = false;

  constructor(userId: string, connection: StreamConnection, locks: LockManager) {
    this.#name = `y-mercure:streams:${userId}`;
    this.#locks = locks;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#stream = new HubStream({
      ...connection,
      onStanding: standing => {
        this.#standing = standing;
        this.#members.stand(standing);
        this.#tellStanding();
      },
      onEvent: event => {
        this.#say({ kind: 'event', term: this.#term, event });
        this.#members.deliver(event);
      },
      onUnknownEvent: () => {
        this.#say({ kind: 'unknown event', term: this.#term });
        this.#members.deliverUnknown();
      },
      onRefused: (documentId, code) => {
        this.#say({ kind: 'refused', term: this.#term, documentId, code });
        this.#members.refuse(documentId, code);
      },
      onEnd: error => {
        this.#say({ kind: 'ended', term: this.#term, code: error.code as ErrorCode });
        this.#members.end(error);
      },
    });
    this.#ready = holdLock(this.#lockOf(this.#tab)).catch(() => () => {});
    this.#leadership = new Leadership(locks, `${this.#name}:leader`, {
      onGained: () => this.#lead(),
      onLost: () => this.#follow(),
    });
    onPageHide(() => this.#say({ kind: 'gone', tab: this.#tab }));
    globalThis.addEventListener?.('pageshow', ({ persisted }) => persisted && this.#changed());
  }

  listen(documentId: string, listener: StreamListener): StreamMembership {
    this.#members.add(documentId, listener);
    this.#changed();
    return {
      retryNow: () => this.#ask('retry'),
      probe: () => this.#ask('probe'),
      close: () => {
        this.#members.remove(documentId, listener);
        this.#changed();
      },
    };
  }

  close(): void {
    this.#stopLooking();
    clearTimeout(this.#gathering);
    this.#reign.abort();
    this.#say({ kind: 'gone', tab: this.#tab });
    this.#closed = true;
    this.#stream.close();
    this.#leadership.close();
    this.#channel.close();
    void this.#ready.then(release => release());
  }

  /** Other documents are open in this tab than before. */
  #changed(): void {
    const { documents } = this.#members;
    this.#heard(this.#tab, documents);
    if (this.#leadership.isHeld) {
      this.#gather();
      return;
    }
    this.#sayHere();
    this.#stopLooking();
    if (documents.length > 0) {
      this.#looking = setInterval(() => this.#look(), LOOK_AFTER_MS);
      this.#expectAnswer();
    }
  }

  #heard(tab: string, documents: readonly string[]): void {
    this.#tabs.delete(tab);
    if (documents.length > 0) this.#tabs.set(tab, documents);
  }

  #hear(message: Message): void {
    switch (message.kind) {
      case 'here': {
        this.#heard(message.tab, message.documents);
        if (!this.#leadership.isHeld) break;
        // Somebody has listened to a leader whose clock was ahead of ours.
        if (message.term > this.#term) this.#term = message.term + 1;
        this.#watch(message.tab);
        this.#gather();
        this.#tellStanding();
        break;
      }
      case 'gone':
        this.#tabs.delete(message.tab);
        if (this.#leadership.isHeld) this.#gather();
        break;
      case 'ask':
        if (this.#leadership.isHeld) this.#answer(message.what);
        break;
      default:
        if (!this.#leadership.isHeld && message.term >= this.#term) this.#obey(message);
    }
  }

  // As the leader.

  #lead(): void {
    this.#stopLooking();
    // Later than any leader before, also than one that a clock set wrong has put into the future.
    this.#term = Math.max(this.#term + 1, Date.now());
    this.#reign = new AbortController();
    this.#watched.clear();
    this.#members.stand(NOT_STANDING);
    for (const tab of this.#tabs.keys()) this.#watch(tab);
    this.#standing = NOT_STANDING;
    this.#tellStanding();
    this.#refresh();
  }

  #tellStanding(): void {
    const { hidden, standing } = { hidden: isHidden(), standing: this.#standing };
    this.#say({ kind: 'standing', term: this.#term, hidden, standing });
  }

  #gather(): void {
    if (this.#standing === NOT_STANDING) this.#refresh();
    else this.#gathering ??= setTimeout(() => this.#refresh(), GATHER_MS);
  }

  #refresh(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const latestFirst = [...this.#tabs.values()].reverse().flat();
    const documents = [...new Set(latestFirst)].slice(0, MAX_STREAM_DOCUMENTS);
    this.#stream.setDocuments(documents);
    if (documents.length === 0) this.#standing = NOT_STANDING;
  }

  #answer(what: 'standing' | 'retry' | 'probe'): void {
    if (what === 'retry') this.#stream.retryNow();
    if (what === 'probe') this.#stream.probe();
    this.#tellStanding();
  }

  /** A tab that goes away without a word still counts as present in its documents: until the stream is another. */
  #watch(tab: string): void {
    if (tab === this.#tab || this.#watched.has(tab)) return;
    this.#watched.add(tab);
    this.#locks
      .request(this.#lockOf(tab), { signal: this.#reign.signal }, () => {
        this.#watched.delete(tab);
        if (!this.#tabs.delete(tab)) return;
        this.#refresh();
        this.#stream.renew();
      })
      .catch(() => {});
  }

  // As one of the others.

  #follow(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#reign.abort();
    this.#stream.close();
    this.#standing = NOT_STANDING;
    this.#members.stand(NOT_STANDING);
    this.#changed();
  }

  #obey(message: Extract<Message, { term: number }>): void {
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
    if (message.term > this.#term) {
      this.#term = message.term;
      this.#sayHere();
    }
    switch (message.kind) {
      case 'standing': {
        const { standing, hidden } = message;
        const isIdle = hidden && standing.connection === null && !standing.heldBack;
        if (!isIdle) this.#idleLooks = 0;
        this.#members.stand(standing);
        break;
      }
      case 'event':
        this.#members.deliver(message.event);
        break;
      case 'unknown event':
        this.#members.deliverUnknown();
        break;
      case 'refused':
        this.#members.refuse(message.documentId, message.code);
        break;
      case 'ended':
        this.#members.end(new RequestError(message.code, errors[message.code].title));
        break;
    }
  }

  #ask(what: 'standing' | 'retry' | 'probe'): void {
    if (this.#leadership.isHeld) {
      this.#answer(what);
      return;
    }
    this.#say({ kind: 'ask', what });
    this.#expectAnswer();
  }

  #look(): void {
    if (isHidden() || this.#leadership.isHeld) return;
    this.#idleLooks += 1;
    if (this.#idleLooks > PATIENT_LOOKS) this.#leadership.take();
    else this.#ask('standing');
  }

  #expectAnswer(): void {
    if (isHidden()) return;
    this.#unanswered ??= setTimeout(() => {
      this.#unanswered = undefined;
      this.#leadership.take();
    }, ANSWER_WITHIN_MS);
  }

  #stopLooking(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
  }

  #sayHere(): void {
    // Before, the leader would take this tab for gone.
    void this.#ready.then(() => {
      const { documents } = this.#members;
      this.#say({ kind: 'here', tab: this.#tab, term: this.#term, documents });
    });
  }

  #say(message: Message): void {
    if (this.#closed) return;
    this.#channel.postMessage(message);
  }

  #lockOf(tab: string): string {
    return `${this.#name}:tab:${tab}`;
  }
}
