import { RequestError } from '@cahier/protocol';
import { beforeEach, expect, test } from 'vitest';
import { askOrRecall, forgetKept, keep, kept, keptBelow } from './kept.ts';

beforeEach(() => localStorage.clear());

const refuse = (error: unknown) => () => Promise.reject(error);

test('what the server says is preferred to what is known', async () => {
  expect(
    await askOrRecall(
      () => Promise.resolve('new'),
      () => 'old',
    ),
  ).toBe('new');
});

test.each([
  ['no answer', new RequestError('unreachable', 'x')],
  ['a captive portal', new RequestError('unexpected_response', 'x', { status: 200 })],
  ['a restart', new RequestError('shutting_down', 'x', { status: 503 })],
])('%s is made up for by what is known, if anything is', async (_, error) => {
  expect(await askOrRecall(refuse(error), () => 'old')).toBe('old');
  await expect(askOrRecall(refuse(error), () => undefined)).rejects.toBe(error);
});

test('a refusal is a refusal, whatever was known before', async () => {
  const error = new RequestError('document_not_found', 'x', { status: 404 });
  await expect(askOrRecall(refuse(error), () => 'old')).rejects.toBe(error);
});

test('what is kept is found by its name, until all of it is forgotten', () => {
  localStorage.setItem('appearance', 'dark');
  keep('ada:document:1', { id: 1 });
  keep('ada:document:2', { id: 2 });
  keep('grace:document:3', { id: 3 });
  localStorage.setItem('cahier:kept:broken', '{');
  expect(kept('ada:document:1')).toEqual({ id: 1 });
  expect(kept('broken')).toBeUndefined();
  expect(
    keptBelow<{ id: number }>('ada:document:')
      .map(({ id }) => id)
      .sort(),
  ).toEqual([1, 2]);
  forgetKept();
  expect(kept('ada:document:1')).toBeUndefined();
  expect(localStorage.getItem('appearance')).toBe('dark');
});
