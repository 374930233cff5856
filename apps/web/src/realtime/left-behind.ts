import { onWake } from '@cahier/mercure-client';
import { createIndexedDbQueue, createProvider, noteUnsentAsOwn, unsentEdits } from '@cahier/y-mercure';
import { accountOf } from './account.ts';

/** Documents are not waited for longer than this: it is tried again when the network comes back. */
const PATIENCE_MS = 60_000;

let isSending = false;
let isWanted = false;

/**
 * Sends what a person wrote here without a network, also in documents that they do not open again: now, and whenever
 * the network comes back.
 *
 * @returns a function that ends that
 */
export function keepSendingWhatWasLeftBehind(userId: string): () => void {
  void sendWhatWasLeftBehind(userId);
  return onWake(reason => {
    if (reason !== 'visible') void sendWhatWasLeftBehind(userId);
  });
}

/** Tries it once; once more, if it is being tried already. */
export async function sendWhatWasLeftBehind(userId: string): Promise<void> {
  isWanted = true;
  if (isSending) return;
  isSending = true;
  while (isWanted) {
    isWanted = false;
    await sendAll(userId);
  }
  isSending = false;
}

async function sendAll(userId: string): Promise<void> {
  // Where storage is forbidden nothing was left behind either.
  const waiting = await unsentEdits(userId).catch(() => new Map<string, number>());
  const { api, streams } = accountOf(userId);
  for (const documentId of waiting.keys()) {
    await noteUnsentAsOwn({ userId, documentId }).catch(() => {});
    // Whoever opens one of the documents meanwhile has to see what they wrote in it.
    const queue = createIndexedDbQueue({ userId, documentId, yields: true });
    const provider = createProvider({ documentId, api, streams, userId, queue, presence: false });
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, PATIENCE_MS);
    // Whatever hinders it, the edits stay where they are.
    await Promise.race([settled(provider), patience.promise]).catch(() => {});
    clearTimeout(timer);
    await provider.destroy();
  }
}

/** Resolves when everything is sent, or it is plain that it will not be. */
async function settled(provider: ReturnType<typeof createProvider>): Promise<void> {
  await new Promise<void>(resolve => {
    const look = () => {
      if (provider.state.phase === 'loading') return;
      stop();
      resolve();
    };
    const stop = provider.subscribe(look);
    look();
  });
  if (provider.state.phase === 'live') await provider.flush();
}
