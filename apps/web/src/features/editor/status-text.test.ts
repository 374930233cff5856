import { RequestError } from '@cahier/protocol';
import type { ProviderState } from '@cahier/y-mercure';
import { expect, test } from 'vitest';
import { statusText } from './status-text.ts';

const live = (save: 'saved' | 'saving' | 'offline', unsent: number): ProviderState => ({
  phase: 'live',
  save,
  unsent,
  kept: true,
  stream: 'open',
  problem: null,
});
const ended = (unsent: number): ProviderState => ({
  phase: 'ended',
  reason: 'access_withdrawn',
  error: null,
  unsent,
  kept: true,
  whole: true,
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

test('the status says discreetly that what others write comes late', () => {
  const polling = { ...live('saved', 0), stream: 'polling' } as ProviderState;
  expect(statusText(polling, true, false)).toMatchObject({ text: 'Saved · delayed', tone: 'delayed' });
  expect(statusText(polling, false, false)?.text).toBe('Delayed');
  expect(statusText(polling, true, false)?.note).toContain('every few seconds');
});

test.each([
  ['no answer', new RequestError('unreachable', 'x'), /^Offline/, /reached again/],
  [
    'a proxy without a server',
    new RequestError('unexpected_response', 'x', { status: 502 }),
    /^Offline/,
    /again/,
  ],
  ['a captive portal', new RequestError('unexpected_response', 'x', { status: 200 }), /^Not saved/, /log in/],
  ['a small proxy', new RequestError('unexpected_response', 'x', { status: 413 }), /^Not saved/, /so large/],
  [
    'a server that is asked too often',
    new RequestError('too_many_attempts', 'x', { status: 429, retryAfterSeconds: 20 }),
    /^Not saved/,
    /wait a little: 20 seconds/,
  ],
  [
    'a full disk',
    new RequestError('storage_unavailable', 'The disk is full', { status: 503 }),
    /^Not/,
    /disk/,
  ],
])('the status is true, and says why: %s', (_, problem, text, note) => {
  const status = statusText({ ...live('offline', 2), problem } as ProviderState, true, false);
  expect(status?.text).toMatch(text);
  expect(status?.text).toContain('2 edits waiting');
  expect(status?.note).toMatch(note);
});
