import { DOCUMENT_SCHEMA_VERSION, documentToUpdate } from '@cahier/editor-schema';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate, Map as YMap } from 'yjs';
import { useOlderPage } from './use-older-page.ts';

let answer: () => Promise<Response>;
let asked: number;

beforeEach(() => {
  asked = 0;
  vi.stubGlobal('fetch', async () => {
    asked++;
    return answer();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const serverKnows = (documentSchema: number) => async () =>
  Response.json({ environment: 'dev', documentSchema, testUsers: [] });

function look(doc: Doc) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return renderHook(() => useOlderPage(doc), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  }).result;
}

function fromTheFuture(): Doc {
  const doc = new Doc();
  const text = doc.getText('text');
  text.insertEmbed(0, new YMap([['type', 'marquee']]));
  text.insert(1, 'hello');
  return doc;
}

describe('a page', () => {
  test('that knows everything in the document is current, whatever the server knows, which is not asked', () => {
    answer = serverKnows(DOCUMENT_SCHEMA_VERSION + 1);
    const doc = new Doc();
    const content = [{ type: 'paragraph', content: [{ type: 'text', text: 'hello' }] }];
    applyUpdate(doc, documentToUpdate({ type: 'doc', content }));
    expect(look(doc).current).toBe('current');
    expect(asked).toBe(0);
  });

  test('is older when the server knows more and something unknown arrives', async () => {
    answer = serverKnows(DOCUMENT_SCHEMA_VERSION + 1);
    const doc = new Doc();
    const age = look(doc);
    expect(age.current).toBe('current');
    act(() => applyUpdate(doc, encodeStateAsUpdate(fromTheFuture())));
    expect(age.current).not.toBe('current');
    await waitFor(() => expect(age.current).toBe('older'));
  });

  test('is current when the server knows no more about what is unknown', async () => {
    answer = serverKnows(DOCUMENT_SCHEMA_VERSION);
    const age = look(fromTheFuture());
    await waitFor(() => expect(age.current).toBe('current'));
    expect(asked).toBe(1);
  });

  test('is unsure while the server cannot be asked', async () => {
    answer = async () => {
      throw new TypeError('no network');
    };
    const age = look(fromTheFuture());
    await waitFor(() => expect(age.current).toBe('unsure'));
  });
});
