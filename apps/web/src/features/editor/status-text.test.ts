import type { ProviderState } from '@cahier/y-mercure';
import { expect, test } from 'vitest';
import { statusText } from './status-text.ts';

const live = (save: 'saved' | 'saving' | 'offline', unsent: number): ProviderState => ({
  phase: 'live',
  save,
  unsent,
  stream: 'open',
  problem: null,
});
const ended = (unsent: number): ProviderState => ({
  phase: 'ended',
  reason: 'access_withdrawn',
  error: null,
  unsent,
});

test.each<[string, ProviderState, string | undefined]>([
  ['is silent while the document loads', { phase: 'loading' }, undefined],
  ['says Saved when everything is on the disk', live('saved', 0), 'Saved'],
  ['says Saving while something is on its way', live('saving', 3), 'Saving…'],
  ['counts what waits for a connection', live('offline', 3), 'Offline: 3 edits waiting'],
  ['counts a single edit in the singular', live('offline', 1), 'Offline: 1 edit waiting'],
  ['says what could not be saved any more', ended(2), '2 edits not saved'],
  ['says nothing at the end when everything was saved', ended(0), undefined],
])('the status %s', (_, state, text) => expect(statusText(state, true, false)?.text).toBe(text));

test('the status does not tell a reader that nothing of theirs is saved', () => {
  expect(statusText(live('saved', 0), false, false)).toBeNull();
});

test('the status tells writers and readers that the edits of others do not arrive', () => {
  expect(statusText(live('saved', 0), true, true)?.text).toBe('Reconnecting…');
  expect(statusText(live('saved', 0), false, true)?.text).toBe('Reconnecting…');
});

test('what is not saved matters more than what does not arrive', () => {
  expect(statusText(live('offline', 2), true, true)?.text).toBe('Offline: 2 edits waiting');
});
