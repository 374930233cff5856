import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { textOf, Writer } from '../test/edits.ts';
import { hasContent, isWaitingForMore, mergeAll } from './updates.ts';

test.each([0, 1, 2, 31, 32, 33, 1000, 2000])('%i updates merged say the same as one by one', count => {
  const writer = new Writer();
  for (let number = 0; number < count; number++) writer.write(`${number} `);
  const merged = mergeAll(writer.updates);
  expect(textOf(merged)).toBe(writer.doc.getText('content').toString());
  expect(mergeAll(writer.updates)).toEqual(merged);
});

test('a document that lacks what an update builds on waits for more', () => {
  const writer = new Writer();
  const first = writer.write('a');
  const second = writer.write('b');
  const doc = new Y.Doc();
  expect(hasContent(doc)).toBe(false);
  Y.applyUpdate(doc, second);
  expect([isWaitingForMore(doc), hasContent(doc)]).toEqual([true, true]);
  Y.applyUpdate(doc, first);
  expect([isWaitingForMore(doc), hasContent(doc)]).toEqual([false, true]);
});
