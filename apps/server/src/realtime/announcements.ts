import { type LogEntry, MAX_PUBLISHED_UPDATE_BYTES } from '@cahier/protocol';
import { Batcher } from './batcher.ts';
import type { News, Publisher } from './publisher.ts';

/** The edits of a busy document share an event in this time: people do not see the difference. */
const WINDOW_MS = 20;

/**
 * A document is busy when more commits than this bring edits in one window; until then they go out at once. Twenty
 * people who type make two in a window, but people do not take turns: with half of this, five keys that fall together
 * would hold up the next ones for as long as a window.
 */
const PROMPT_COMMITS = 8;

/** Bytes of edits, of all documents, that may wait for a slow hub; what comes then is announced by its number. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Edits of one document that may wait for a slow hub; beyond it, only the newest number is announced. */
const MAX_WAITING_EDITS = 1_000;

/** A committed batch, to be shown to those who listen. */
interface Committed {
  readonly documentId: string;
  readonly accessGeneration: number;
  readonly seq: number;
  readonly batch: string;
  readonly bytes: Uint8Array;
}

/** The place to which a document's log has grown. */
type Advanced = Omit<Committed, 'batch' | 'bytes'> & { readonly bytes?: undefined };

type Announcement = Committed | Advanced;

/**
 * Tells the listeners of a document what has been committed to its log, in the order of the log. However slow the hub,
 * what waits is bounded: whoever hears of a number later than the one they have reads the log.
 */
export class Announcements {
  readonly #batcher: Batcher<Announcement>;
  readonly #maxWaitingBytes: number;
  #waitingBytes = 0;

  constructor(publisher: Publisher, { maxWaitingBytes = MAX_WAITING_BYTES } = {}) {
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#batcher = new Batcher({
      windowMs: WINDOW_MS,
      promptAdds: PROMPT_COMMITS,
      handle: async (documentId, announcements) => {
        for (const run of consecutiveRuns(announcements)) {
          await publisher.publish(documentId, run[0].accessGeneration, eventOf(run));
        }
        this.#release(announcements);
      },
      shorten: waiting => {
        if (waiting.length <= MAX_WAITING_EDITS) return waiting;
        this.#release(waiting);
        return [newest(waiting)];
      },
    });
  }

  /** What is told together here goes out together, document by document. */
  add(...announcements: Announcement[]): void {
    const bounded = announcements.map(announcement => this.#bound(announcement));
    for (const [documentId, some] of Map.groupBy(bounded, ({ documentId }) => documentId)) {
      this.#batcher.add(documentId, ...some);
    }
  }

  drain(): Promise<void> {
    return this.#batcher.drain();
  }

  /** Counts the bytes of an edit, or leaves them away when too many wait. */
  #bound(announcement: Announcement): Announcement {
    const size = announcement.bytes?.length ?? 0;
    const fits = size <= MAX_PUBLISHED_UPDATE_BYTES && this.#waitingBytes + size <= this.#maxWaitingBytes;
    if (fits) this.#waitingBytes += size;
    return fits ? announcement : withoutBytes(announcement);
  }

  #release(announcements: readonly Announcement[]) {
    for (const { bytes } of announcements) this.#waitingBytes -= bytes?.length ?? 0;
  }
}

const withoutBytes = ({ documentId, accessGeneration, seq }: Announcement): Advanced => ({
  documentId,
  accessGeneration,
  seq,
});

/** In one for all; those who listen to topics of an earlier access generation have been told to ask for new ones. */
function newest(announcements: readonly Announcement[]): Advanced {
  return announcements.map(withoutBytes).reduce((one, other) => ({
    documentId: one.documentId,
    accessGeneration: Math.max(one.accessGeneration, other.accessGeneration),
    seq: Math.max(one.seq, other.seq),
  }));
}

type Run = [Announcement, ...Announcement[]];

/** Splits where the numbers do not follow on (a repeated batch) and where the topic changes. */
function consecutiveRuns(announcements: readonly Announcement[]): Run[] {
  const runs: Run[] = [];
  for (const entry of announcements) {
    const last = runs.at(-1)?.at(-1);
    const follows = last && entry.seq === last.seq + 1 && entry.accessGeneration === last.accessGeneration;
    if (follows) runs.at(-1)?.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

function eventOf(run: Run): News {
  const whole = run.filter(entry => entry.bytes !== undefined);
  const size = whole.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (whole.length < run.length || size > MAX_PUBLISHED_UPDATE_BYTES) {
    return { type: 'advanced', seq: (run.at(-1) ?? run[0]).seq };
  }
  return { type: 'updates', updates: whole.map(logEntry) };
}

function logEntry({ seq, batch, bytes }: Committed): LogEntry {
  return { seq, batch, update: Buffer.from(bytes).toString('base64') };
}
