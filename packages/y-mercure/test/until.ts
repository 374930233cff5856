import type { Provider, ProviderState } from '../src/index.ts';

/** Resolves when the provider's state is as wanted: at once, or with a later change. */
export function until(provider: Provider, wanted: (state: ProviderState) => boolean): Promise<ProviderState> {
  return new Promise(resolve => {
    const check = () => {
      if (!wanted(provider.state)) return false;
      stop();
      resolve(provider.state);
      return true;
    };
    const stop = provider.subscribe(check);
    check();
  });
}

export const live = (provider: Provider) =>
  until(provider, state => state.phase === 'live' && state.stream === 'open');

export const saved = (provider: Provider) =>
  until(provider, state => state.phase === 'live' && state.save === 'saved');

/** Resolves when the document is as wanted: at once, or after a later transaction. */
export function untilDoc(provider: Provider, wanted: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const check = () => {
      if (!wanted()) return;
      provider.doc.off('afterTransaction', check);
      resolve();
    };
    provider.doc.on('afterTransaction', check);
    check();
  });
}

/** Resolves when the awareness is as wanted. */
export function untilPresence(provider: Provider, wanted: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const check = () => {
      if (!wanted()) return;
      provider.awareness.off('update', check);
      resolve();
    };
    provider.awareness.on('update', check);
    check();
  });
}
