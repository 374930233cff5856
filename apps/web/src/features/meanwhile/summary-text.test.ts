import { expect, test } from 'vitest';
import { placeText, summaryText } from './summary-text.ts';

const person = (name: string) => ({ id: name, name, email: `${name}@example.org` });
const me = person('Me');
const others = ['Ada', 'Bo', 'Cy', 'Di'].map(person);

test.each([
  [undefined, 'Others changed 3 paragraphs while you were away.'],
  [[], 'Others changed 3 paragraphs while you were away.'],
  [[me], 'You, somewhere else, changed 3 paragraphs while you were away.'],
  [[me, ...others.slice(0, 1)], 'Ada changed 3 paragraphs while you were away.'],
  [others.slice(0, 2), 'Ada and Bo changed 3 paragraphs while you were away.'],
  [others.slice(0, 3), 'Ada, Bo and Cy changed 3 paragraphs while you were away.'],
  [others, 'Ada, Bo and 2 others changed 3 paragraphs while you were away.'],
])('says who it was, as far as that is known', (authors, text) => {
  expect(summaryText({ authors, places: 3, byBoth: 0 }, me)).toBe(text);
});

test.each([
  [1, 0, 'Ada changed 1 paragraph while you were away.'],
  [1, 1, 'Ada changed 1 paragraph while you were away. You had changed it, too.'],
  [3, 1, 'Ada changed 3 paragraphs while you were away. You had changed 1 of them, too.'],
  [3, 3, 'Ada changed 3 paragraphs while you were away. You had changed all of them, too.'],
])('counts %i paragraphs, %i of them changed by both', (places, byBoth, text) => {
  expect(summaryText({ authors: [person('Ada')], places, byBoth }, me)).toBe(text);
});

test.each([
  [false, 'Hello', 'Change 2 of 3: “Hello”'],
  [true, 'Hello', 'Change 2 of 3, changed by you, too: “Hello”'],
  [false, '', 'Change 2 of 3: an empty paragraph'],
  [false, 'x'.repeat(90), `Change 2 of 3: “${'x'.repeat(80)}…”`],
])('says where one has stepped to', (byBoth, words, text) => {
  expect(placeText(1, 3, byBoth, words)).toBe(text);
});
