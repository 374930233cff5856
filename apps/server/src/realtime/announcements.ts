import { type DocumentEvent, type LogEntry, MAX_PUBLISHED_UPDATE_BYTES } from '@cahier/protocol';
import { Batcher } from './batcher.ts';
import type { Publisher } from './publisher.ts';

/** Edits that arrive faster than this share an event: people do not see the difference. */
const WINDOW_MS = 20;

/** A committed batch, to be shown to those who listen. */
export interface Committed {
  readonly documentId: string;
  readonly accessGeneration: number;
  readonly seq: number;
  readonly batch: string;
  readonly bytes: Uint8Array;
}

/** Tells the listeners of a document what has been committed to its log, in the order of the log. */
export class Announcements {
  readonly #batcher: Batcher<Committed>;

  constructor(publisher: Publisher) {
    this.#batcher = new Batcher(WINDOW_MS, async (documentId, committed) => {
      for (const run of consecutiveRuns(committed)) {
        await publisher.publish(documentId, run[0].accessGeneration, eventOf(run));
      }
    });
  }

  add(committed: Committed): void {
    this.#batcher.add(committed.documentId, committed);
  }

  drain(): Promise<void> {
    return this.#batcher.drain();
  }
}

type Run = [Committed, ...Committed[]];

/** Splits where the numbers do not follow on (a repeated batch) and where the topic changes. */
function consecutiveRuns(committed: readonly Committed[]): Run[] {
  const runs: Run[] = [];
  for (const entry of committed) {
    const last = runs.at(-1)?.at(-1);
    const follows = last && entry.seq === last.seq + 1 && entry.accessGeneration === last.accessGeneration;
    if (follows) runs.at(-1)?.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

function eventOf(run: Run): DocumentEvent {
  const size = run.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > MAX_PUBLISHED_UPDATE_BYTES) return { type: 'advanced', seq: (run.at(-1) ?? run[0]).seq };
  return { type: 'updates', updates: run.map(logEntry) };
}

function logEntry({ seq, batch, bytes }: Committed): LogEntry {
  return { seq, batch, update: Buffer.from(bytes).toString('base64') };
}
