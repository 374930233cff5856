import type { ProviderState } from '@cahier/y-mercure';
import { expect, test } from 'vitest';
import { endedText } from './ended-text.ts';

type Ended = Extract<ProviderState, { phase: 'ended' }>;
const ended = (reason: Ended['reason'], unsent = 0): Ended => ({
  phase: 'ended',
  reason,
  error: null,
  unsent,
});

test.each(['access_withdrawn', 'trashed', 'read_only', 'refused'] as const)(
  'after the end by %s, a person is told how much could not be saved and that they can copy it',
  reason => {
    expect(endedText(ended(reason, 3))?.explanation).toMatch(/last 3 edits could not be saved.*copy/);
    expect(endedText(ended(reason, 1))?.explanation).toMatch(/last edit could not be saved.*copy/);
  },
);

test.each(['access_withdrawn', 'trashed', 'read_only'] as const)(
  'after the end by %s nobody is alarmed when everything was saved',
  reason => expect(endedText(ended(reason))?.explanation).not.toMatch(/could not/),
);

test('who loses access is told that it is access they lost', () => {
  expect(endedText(ended('access_withdrawn'))?.title).toMatch(/no longer have access/);
});

test('who is logged out is asked to log in instead', () =>
  expect(endedText(ended('logged_out', 2))).toBeNull());
