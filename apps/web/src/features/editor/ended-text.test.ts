import type { ProviderState } from '@cahier/y-mercure';
import { expect, test } from 'vitest';
import { endedText } from './ended-text.ts';

type Ended = Extract<ProviderState, { phase: 'ended' }>;
const ended = (reason: Ended['reason'], unsent = 0, more: Partial<Ended> = {}): Ended => ({
  phase: 'ended',
  reason,
  error: null,
  unsent,
  kept: true,
  whole: true,
  ...more,
});

test.each(['access_withdrawn', 'trashed', 'read_only'] as const)(
  'after the end by %s, a person is told how much could not be saved, and that it is kept until it can be',
  reason => {
    expect(endedText(ended(reason, 3))?.explanation).toMatch(
      /last 3 edits could not be saved.*text below still has them, marked.*They are kept.*sent if/,
    );
    expect(endedText(ended(reason, 1))?.explanation).toMatch(
      /last edit could not be saved.*still has it, marked.*It is kept.*sent if/,
    );
  },
);

test.each(['access_withdrawn', 'trashed', 'read_only', 'refused'] as const)(
  'after the end by %s, where nothing is kept, a person is told to copy what they need',
  reason => {
    const { explanation } = endedText(ended(reason, 3, { kept: false })) ?? {};
    expect(explanation).toMatch(/last 3 edits could not be saved.*copy what you need/i);
    expect(explanation).not.toMatch(/kept/);
  },
);

test('where the document is gone, nobody is promised to see it', () => {
  const { explanation } = endedText(ended('access_withdrawn', 3, { whole: false })) ?? {};
  expect(explanation).toMatch(/not on this device any more.*words that you wrote/);
});

test.each(['access_withdrawn', 'trashed', 'read_only'] as const)(
  'after the end by %s nobody is alarmed when everything was saved',
  reason => expect(endedText(ended(reason))?.explanation).not.toMatch(/could not/),
);

test('who loses access is told that it is access they lost', () => {
  expect(endedText(ended('access_withdrawn'))?.title).toMatch(/no longer have access/);
});

test('who is logged out is asked to log in instead', () =>
  expect(endedText(ended('logged_out', 2))).toBeNull());
