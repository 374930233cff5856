import type { ComparisonVerdict } from '@cahier/protocol';
import type { Logger } from 'pino';
import type { Db } from '../db/schema.ts';
import { databaseFile } from '../db/sqlite/open.ts';
import { CodedError } from '../errors.ts';
import { Thread } from '../threads/thread.ts';
import { AppendQueue } from './append-queue.ts';
import type { Unreadable } from './carry-over.ts';
import { Checkpointer } from './checkpointer.ts';
import { DamagedDocuments } from './damaged-documents.ts';
import { DiskSync } from './disk-sync.ts';
import { PromptWriter } from './prompt-writer.ts';
import type { CompareRequest, PageRequest, ReaderRequest } from './reader.worker.ts';
import { Snapshotter } from './snapshotter.ts';
import type { Append, Appended, Outcome, Refused } from './writer.ts';
import type { WriterAnswer, WriterRequest } from './writer.worker.ts';

const writerEntry = new URL('./writer.worker.ts', import.meta.url);
const carryOverEntry = new URL('./carry-over.worker.ts', import.meta.url);
const readerEntry = new URL('./reader.worker.ts', import.meta.url);

/** Bytes of updates that may wait for their commit; beyond it the disk is too slow and clients are sent away. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** When the disk has failed, those who are waiting are answered before the process ends. */
const FAREWELL_MS = 500;

/** An administrator has to mend it: there is no hurry to ask again. */
const RETRY_DAMAGED_S = 60;

/** The logs of all documents. What takes more than a moment is done in threads of its own. */
export interface DocumentLog {
  /**
   * Appends a batch. When it resolves, the batch is on disk; calls for one document resolve in the order of their
   * numbers.
   *
   * @throws CodedError `document_not_found`, `forbidden` or `document_in_trash` when, at the moment of the commit, its
   *   writer may not; `update_*`, `batch_conflict`, `storage_unavailable`, `document_damaged`
   */
  append(append: Append): Promise<Appended>;
  /**
   * A page of the log as JSON text (the protocol's `logPageSchema`).
   *
   * @throws CodedError `document_damaged`
   */
  readPage(request: PageRequest): Promise<Uint8Array>;
  /**
   * Whether a document with this digest is what the log holds up to `seq`.
   *
   * @throws CodedError `document_damaged`
   */
  compare(request: CompareRequest): Promise<ComparisonVerdict>;
  /** Whether the document can neither be read nor written, until what has happened to it has been mended. */
  isDamaged(documentId: string): Promise<boolean>;
  /** Commits and appends so far. */
  readonly stats: { readonly commits: number; readonly appends: number };
  readonly snapshots: Snapshotter;
  readonly checkpoints: Checkpointer;
  /** Waits for the appends under way, then closes. */
  close(): Promise<void>;
}

interface Committed extends Append, Appended {}

interface LogOptions {
  readonly dataDir: string;
  /** Default: none. */
  readonly damaged?: DamagedDocuments;
  readonly logger: Logger;
  /**
   * Called with what shared a commit, when it has been committed and before it is on disk and `append` resolves: for one
   * document in the order of their numbers.
   */
  readonly onCommitted?: (committed: Committed[]) => void;
  /** Called when a thread has ended, or the disk has failed to take what had been committed: nothing works from then on. */
  readonly onCrash: (error: Error) => void;
}

/** @throws Error when the database cannot be opened; it must have been migrated before */
export async function openLog({
  dataDir,
  damaged,
  logger,
  onCommitted,
  onCrash,
}: LogOptions): Promise<DocumentLog> {
  const writer = new Thread<WriterRequest, WriterAnswer>(writerEntry, {
    data: { dataDir },
    onCrash,
  });
  const reader = new Thread<ReaderRequest, Uint8Array | ComparisonVerdict>(readerEntry, {
    data: { dataDir },
    onCrash,
  });
  const snapshots = new Snapshotter(dataDir, logger);
  const checkpoints = new Checkpointer(dataDir, logger);
  await Promise.all([writer.ready, reader.ready]);
  const prompt = new PromptWriter(dataDir);
  const disk = await DiskSync.open(`${databaseFile(dataDir)}-wal`);
  let hasDiskFailed = false;
  const reachDisk = () =>
    disk.reached().catch((cause: Error) => {
      // What a second attempt says of the same bytes is worth nothing, as the system may have let go of them: only a
      // process that reads the disk anew knows what is there.
      if (!hasDiskFailed) setTimeout(onCrash, FAREWELL_MS, cause);
      hasDiskFailed = true;
      throw new CodedError('storage_unavailable', { retryAfterSeconds: 1, cause });
    });
  let isThreadCommitting = false;
  const queue = new AppendQueue({
    async commit(appends) {
      const outcomes = prompt.commit(appends);
      if (outcomes) return outcomes;
      isThreadCommitting = true;
      const answer = await writer.call(appends).finally(() => {
        isThreadCommitting = false;
      });
      prompt.learn(answer.vectors);
      return answer.outcomes;
    },
    reachDisk,
    onCommitted(appends, outcomes) {
      disk.committed();
      onCommitted?.(committedOf(appends, outcomes));
      checkpoints.committed(appends);
    },
  });
  let waitingBytes = 0;
  const isDamaged = async (documentId: string) => damaged?.isEmpty === false && damaged.has(documentId);
  const refuseDamaged = async (documentId: string) => {
    if (!(await isDamaged(documentId))) return;
    throw new CodedError('document_damaged', { retryAfterSeconds: RETRY_DAMAGED_S });
  };

  return {
    async append(append) {
      if (damaged?.isEmpty === false) await refuseDamaged(append.documentId);
      if (hasDiskFailed) throw new CodedError('storage_unavailable', { retryAfterSeconds: 1 });
      const { length } = append.bytes;
      if (waitingBytes + length > MAX_WAITING_BYTES) {
        throw new CodedError('storage_unavailable', {
          detail: 'Too much is waiting to be written',
          retryAfterSeconds: 1,
        });
      }
      waitingBytes += length;
      const result = await queue.append(append).finally(() => {
        waitingBytes -= length;
      });
      if ('code' in result) throw refusal(result, logger);
      if (result.snapshotDue) snapshots.request(append.documentId);
      return result;
    },
    async readPage(request) {
      await refuseDamaged(request.documentId);
      const page = (await reader.call(request)) as Uint8Array;
      // Who finds an edit of their own in it takes it for saved. Some of it may have been committed without our being told yet.
      if (isThreadCommitting) disk.committed();
      await reachDisk();
      return page;
    },
    async compare(request) {
      await refuseDamaged(request.documentId);
      return (await reader.call(request)) as ComparisonVerdict;
    },
    isDamaged,
    stats: queue.stats,
    snapshots,
    checkpoints,
    async close() {
      await Promise.all([snapshots.close(), queue.drain()]);
      await checkpoints.close();
      prompt.close();
      await disk.close();
      await Promise.all([writer.close(), reader.close()]);
    },
  };
}

/**
 * Brings documents that were last written in the former format into the present one; to be done before the log is
 * opened. It takes a few milliseconds for each, once.
 *
 * @returns those that cannot be read, and are as they were; the logger has been told of each
 */
export async function bringOverFormerDocuments(
  db: Db,
  dataDir: string,
  logger: Logger,
): Promise<DamagedDocuments> {
  const { documents } = await db
    .selectFrom('former_documents')
    .where('carried_seq', 'is', null)
    .select(query => query.fn.countAll<number>().as('documents'))
    .executeTakeFirstOrThrow();
  if (documents === 0) return new DamagedDocuments(db, []);
  logger.info({ documents }, 'documents are brought into the present format');
  // A thread of its own, and only when it is needed: what it has to know takes long to load.
  const thread = new Thread<'carryOver', Unreadable[]>(carryOverEntry, {
    data: { dataDir },
    onCrash: () => {},
  });
  try {
    const damaged = await thread.call('carryOver');
    for (const { documentId, reason } of damaged) {
      logger.error(
        { documentId, reason },
        'the document cannot be brought into the present format: it stays as it is, and is closed',
      );
    }
    return new DamagedDocuments(
      db,
      damaged.map(({ documentId }) => documentId),
    );
  } finally {
    await thread.close();
  }
}

function committedOf(appends: readonly Append[], outcomes: readonly Outcome[]): Committed[] {
  return appends.flatMap((append, index) => {
    const result = outcomes[index];
    return result === undefined || 'code' in result ? [] : [{ ...append, ...result }];
  });
}

function refusal({ code, detail }: Refused, logger: Logger): CodedError {
  if (code === 'storage_unavailable' || code === 'internal_error') {
    logger.error({ code, detail }, 'updates could not be written');
    return new CodedError(code, { retryAfterSeconds: 1 });
  }
  return new CodedError(code, { detail });
}
