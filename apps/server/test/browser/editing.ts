import { DOCUMENT_ROOT } from '@cahier/protocol';
import { createProvider, type Provider, type ProviderState } from '@cahier/y-mercure';
import { onTestFinished } from 'vitest';
import type * as Y from 'yjs';
import type { Actor, TestApp } from '../support.ts';

/** Opens a document as the editor in a browser does; resolves when it is live. */
export async function openDocument(
  { url }: TestApp,
  actor: Actor,
  documentId: string,
  readOnly = false,
): Promise<Provider> {
  const provider = createProvider({
    documentId,
    readOnly,
    baseUrl: url,
    headers: { cookie: actor.cookie },
    backoff: { minDelayMs: 10, maxDelayMs: 50 },
  });
  onTestFinished(() => provider.destroy());
  await until(provider, state => state.phase === 'live' && state.stream === 'open');
  return provider;
}

export function until(provider: Provider, wanted: (state: ProviderState) => boolean): Promise<void> {
  return new Promise(resolve => {
    const check = () => {
      if (!wanted(provider.state)) return;
      stop();
      resolve();
    };
    const stop = provider.subscribe(check);
    check();
  });
}

/** The text of a document, of one paragraph. */
export const textOf = ({ doc }: Provider): Y.Text => doc.getText(DOCUMENT_ROOT);

export const contentOf = (provider: Provider): string => textOf(provider).toString();

/** The names of the others who are here. */
export const othersOf = ({ awareness, doc }: Provider): unknown[] =>
  [...awareness.getStates()].filter(([client]) => client !== doc.clientID).map(([, { user }]) => user?.name);
