import { onWake } from '@cahier/mercure-client';
import { createApiClient, type Difference, type DocumentEvent, type RequestError } from '@cahier/protocol';
import { uuidv4 } from 'lib0/random';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { type Absence, Absences } from './absence.ts';
import { Comparisons } from './comparisons.ts';
import { streamConnection } from './connection.ts';
import type { DocumentCopy } from './copies.ts';
import { CopyKeeper } from './copy-keeper.ts';
import { createDocumentApi } from './document-api.ts';
import type { Provider, ProviderEvents } from './document-provider.ts';
import { hasStopped, isLoss, type Lifecycle, stateOf } from './lifecycle.ts';
import { Listeners } from './listeners.ts';
import type { ProviderOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { createOwnStreams } from './own-streams.ts';
import { onPageHide } from './page.ts';
import { PresenceExchange } from './presence.ts';
import type { QueuedEdit } from './queue.ts';
import { Reception } from './reception.ts';
import { Replica } from './replica.ts';
import { type EndReason, type ProviderState, sameState } from './state.ts';
import { copyStoreOf, queueOf } from './storage.ts';
import { hasContent, isWaitingForMore } from './updates.ts';

/** The server is given so long to say what is new before a document is shown as it was. */
const SHOW_COPY_AFTER_MS = 1_500;

/**
 * Opens a document: loads it, keeps it in step while others write, and brings what is written here to the server.
 * `state` tells how that goes; the document is complete, and may be shown, from the moment its phase is `live`.
 * What the provider writes into the `Y.Doc` carries the provider itself as its transaction origin.
 *
 * @throws TypeError without `baseUrl` where there is no page
 */
export function createProvider(options: ProviderOptions): Provider {
  const { documentId, readOnly = false, backoff = {} } = options;
  const api = createDocumentApi(options.api ?? createApiClient(options), documentId);
  const doc = options.doc ?? new Y.Doc();
  const awareness = new Awareness(doc);
  const queue = queueOf(options);
  const listeners = new Listeners<ProviderEvents>();
  const stateListeners = new Listeners<{ change: undefined }>();

  let lifecycle: Lifecycle = { phase: 'loading' };
  let state: ProviderState = { phase: 'loading' };
  /** What is shown may be as old as the copy, until the log has been read. */
  let hasCopy = false;
  let isCaughtUp = false;
  let missed: Absence | null = null;
  /** What the last close look at the log has found. */
  let found: Difference = 'none';
  let showing: ReturnType<typeof setTimeout> | undefined;
  let destruction: Promise<void> | undefined;

  const provider: Provider = {
    documentId,
    doc,
    awareness,
    get state() {
      return state;
    },
    get unsent() {
      return outbox.unsent;
    },
    get missed() {
      return missed;
    },
    subscribe(listener) {
      return stateListeners.add('change', () => listener());
    },
    on(name, listener) {
      return listeners.add(name, listener);
    },
    async flush() {
      if (lifecycle.phase === 'ended' && outbox.status !== 'saved') throw new Error('Edits are left unsent');
      await outbox.flush();
    },
    retry,
    async discard() {
      if (lifecycle.phase !== 'ended') return;
      await outbox.discard();
      if (isLoss(lifecycle.reason)) await Promise.all([keeper?.discard(), absences.discard()]);
    },
    destroy() {
      destruction ??= destroy();
      return destruction;
    },
  };

  const outbox = new Outbox({
    queue,
    backoff,
    send: api.sendUpdate,
    missingFromServer: async () => {
      const compare = await replica.compareWithLog();
      return () => {
        const { difference, missing } = compare();
        found = difference;
        return missing;
      };
    },
    onAcknowledged: (batch, seq) => {
      replica.acknowledged(batch, seq);
      reception.acknowledged(seq);
      keeper?.changed();
    },
    onChange: refresh,
    onEnd: (reason, error) => {
      if (reason === 'refused') outbox.setAside();
      end(reason, error);
    },
  });

  const replica = new Replica({
    doc,
    origin: provider,
    backoff,
    read: api.readLog,
    isUnacknowledged: batch => outbox.has(batch),
    onFound: (batch, update) => {
      outbox.acknowledge(batch);
      absences.wrote(update);
    },
    onCaughtUp: () => {
      isCaughtUp = true;
      const absence = absences.end();
      show();
      keeper?.changed();
      comparisons.start();
      reception.answered(true);
      if (absence === null) return;
      missed = absence;
      listeners.emit('changedMeanwhile', absence);
    },
    onFailure: (error, retryAt) => {
      reception.answered(false);
      absences.begin();
      if (hasCopy) show();
      else if (lifecycle.phase !== 'live') enter({ phase: 'failed', error, retryAt });
    },
    onEnd: end,
    onOddity: () => comparisons.suspect(),
    unsent: () => outbox.unsent,
    onRegression: () => {
      if (!readOnly) outbox.doubt();
    },
  });

  const comparisons = new Comparisons({
    doc,
    settledAt: () => (isCaughtUp && outbox.status === 'saved' && replica.isSettled ? replica.seq : null),
    compare: api.compare,
    mend,
  });

  const absences = new Absences({
    doc,
    store: options.absences,
    seq: () => replica.seq,
    unsent: () => outbox.unsent,
  });

  const presence =
    options.presence === false
      ? null
      : new PresenceExchange({
          awareness,
          origin: provider,
          userOf: options.userOf ?? (person => ({ ...person })),
          send: api.sendPresence,
        });

  const copies = copyStoreOf(options);
  const keeper = copies === undefined || hasContent(doc) ? null : new CopyKeeper(copies, takeCopy);
  const reception = new Reception({
    documentId,
    streams: options.streams ?? createOwnStreams(streamConnection(options)),
    poll: () => replica.poll(),
    onPolling: isPolling => {
      // Without a stream presence lives by reports alone.
      if (isPolling) presence?.opened(uuidv4());
    },
    onOpen: connection => {
      replica.catchUp();
      presence?.opened(connection);
      outbox.wake();
    },
    onInterruption: heldBack => {
      presence?.interrupted();
      if (heldBack) comparisons.suspect();
    },
    onEvent: receive,
    onUnknownEvent: () => {
      comparisons.suspect();
      replica.catchUp();
    },
    onEnd: end,
    onChange: refresh,
  });

  const stopWaking = onWake(reason => {
    if (reason === 'slept' || reason === 'restored') comparisons.suspect();
    reception.retryNow();
    replica.wake();
    outbox.wake();
  });
  const stopWatchingPage = onPageHide(() => {
    presence?.suspend(true);
    outbox.sendBeforeUnload();
    void keeper?.save();
    void absences.save();
  });
  doc.on('update', onDocUpdate);
  if (hasContent(doc) && !readOnly) outbox.doubt();
  void open();
  return provider;

  async function open(): Promise<void> {
    // Before anything is added to the queue: what is adopted is what others left behind.
    const adopting = readOnly ? [] : queue.adopt().catch(() => []);
    const [adopted, copy] = await Promise.all([adopting, keeper?.load(), absences.load()]);
    if (lifecycle.phase === 'ended') return;
    if (copy !== undefined) restore(copy);
    takeOver(adopted);
    begin();
    if (hasCopy) showing = setTimeout(show, SHOW_COPY_AFTER_MS);
  }

  function restore(copy: DocumentCopy): void {
    try {
      replica.restore(copy);
      hasCopy = true;
    } catch {
      // Storage gave back something else than what was put there: the document comes from the log.
    }
  }

  /** The document can be shown, and written to. */
  function show(): void {
    clearTimeout(showing);
    if (lifecycle.phase === 'ended') return;
    if (lifecycle.phase !== 'live') enter({ phase: 'live' });
    if (!readOnly) outbox.start();
  }

  /** The document as the server has it: with nothing in it that is only here. */
  function takeCopy(): DocumentCopy | null {
    if (!isCaughtUp || outbox.status !== 'saved' || isWaitingForMore(doc)) return null;
    return { seq: replica.seq, update: Y.encodeStateAsUpdate(doc) };
  }

  /** Edits that an earlier owner left unsent become ours: shown, and sent as they were. */
  function takeOver(edits: readonly QueuedEdit[]): void {
    const sound = edits.filter(({ update }) => {
      try {
        Y.applyUpdate(doc, update, provider);
        return true;
      } catch {
        return false; // Storage gave back something else than what was put there.
      }
    });
    outbox.adopt(sound);
    for (const { update } of sound) absences.wrote(update);
  }

  function begin(): void {
    enter({ phase: 'loading' });
    keeper?.resume();
    absences.resume();
    reception.start();
    replica.start();
  }

  function onDocUpdate(update: Uint8Array, origin: unknown): void {
    reception.hasten();
    keeper?.changed();
    comparisons.changed();
    if (origin === provider) absences.sawOthers();
    else {
      if (!readOnly) outbox.add(update);
      absences.wrote(update);
    }
  }

  /** Brings document and log what each lacks of the other; who only reads has nothing to send. */
  async function mend(): Promise<Difference> {
    if (readOnly) return (await replica.compareWithLog())().difference;
    outbox.doubt();
    await outbox.flush();
    return found;
  }

  function receive(event: DocumentEvent): void {
    switch (event.type) {
      case 'updates':
        replica.receive(event.updates);
        break;
      case 'advanced':
        replica.announce(event.seq);
        break;
      case 'presence':
        presence?.receive(event.presences);
        break;
      case 'renamed':
        listeners.emit('renamed', event.title);
        break;
      case 'access':
        listeners.emit('access', undefined);
        break;
    }
  }

  function end(reason: EndReason, error: RequestError | null): void {
    if (lifecycle.phase === 'ended') return;
    const wasOpen = lifecycle.phase === 'live';
    const hasLeftBehind = isLoss(reason) && outbox.size > 0;
    leave();
    keeper?.stop();
    absences.stop();
    // Without the copy, what could not be sent could not be shown, either.
    if (isLoss(reason) && !hasLeftBehind) {
      void keeper?.discard();
      void absences.discard();
    }
    replica.stop();
    presence?.left();
    outbox.stop(error);
    enter(
      wasOpen || hasLeftBehind || error === null
        ? { phase: 'ended', reason, error, whole: wasOpen || !isWaitingForMore(doc) }
        : { phase: 'failed', error, retryAt: null },
    );
  }

  function retry(): void {
    if (hasStopped(lifecycle)) {
      begin();
    } else {
      reception.retryNow();
      replica.retryNow();
      outbox.retryNow();
    }
  }

  /** Nothing is heard of the document any more. */
  function leave(): void {
    clearTimeout(showing);
    reception.stop();
    comparisons.stop();
  }

  async function destroy(): Promise<void> {
    stopWaking();
    stopWatchingPage();
    doc.off('update', onDocUpdate);
    presence?.close();
    leave();
    replica.stop();
    enter({ phase: 'ended', reason: 'closed', error: null, whole: lifecycle.phase === 'live' });
    awareness.destroy();
    await outbox.finish();
    await Promise.all([keeper?.save(), absences.save()]);
    keeper?.stop();
    absences.stop();
    await queue.close().catch(() => {});
    if (options.doc === undefined) doc.destroy();
  }

  function enter(next: Lifecycle): void {
    lifecycle = next;
    refresh();
  }

  function refresh(): void {
    const next = stateOf(lifecycle, outbox, reception);
    if (sameState(state, next)) return;
    state = next;
    stateListeners.emit('change', undefined);
  }
}
