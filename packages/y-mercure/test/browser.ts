import { onTestFinished } from 'vitest';
import { createProvider, type Provider, type ProviderOptions } from '../src/index.ts';
import { type LiveServer, startLiveServer } from './live-server.ts';
import { until } from './until.ts';

/** A person's browser, on a network that can go away. What it keeps is in the IndexedDB of the test. */
export interface Browser {
  readonly server: LiveServer;
  readonly userId: string;
  readonly network: { isAway: boolean };
  /** Opens the server's document; it is closed when the test is over, if it has not been. */
  open(options?: Partial<ProviderOptions>): Provider;
}

/** Starts a server with one document, and a browser in which somebody is logged in. */
export async function startBrowser(): Promise<Browser> {
  const server = await startLiveServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const userId = crypto.randomUUID();
  const network = { isAway: false };
  const open = (options: Partial<ProviderOptions> = {}) => {
    const provider = createProvider({
      documentId: server.documentId,
      baseUrl: server.url,
      userId,
      backoff: { minDelayMs: 5, maxDelayMs: 20 },
      fetch: (input, init) => (network.isAway ? Promise.reject(new TypeError('away')) : fetch(input, init)),
      ...options,
    });
    onTestFinished(() => provider.destroy());
    return provider;
  };
  return { server, userId, network, open };
}

/** Somebody else writes at the start of the document. */
export const write = ({ documents }: LiveServer, text: string) =>
  documents.write(doc => doc.getText('content').insert(0, text));

export const textOf = ({ doc }: Provider) => doc.getText('content');

/** Resolves when the document is shown, with the server or without. */
export const shown = (provider: Provider) => until(provider, ({ phase }) => phase === 'live');

/** Opens the document for a moment: a copy of it is kept from then on. */
export async function visit({ open }: Pick<Browser, 'open'>): Promise<void> {
  const provider = open();
  await until(provider, state => state.phase === 'live' && state.stream === 'open');
  await provider.destroy();
}

/** Writes at the end of the document without the server, and closes it: the edit waits. */
export async function writeAway({ open, network }: Pick<Browser, 'open' | 'network'>, text: string) {
  network.isAway = true;
  const provider = open();
  await shown(provider);
  textOf(provider).insert(textOf(provider).length, text);
  await until(provider, state => state.phase === 'live' && state.save === 'offline' && state.kept);
  await provider.destroy();
}
