import { expect, test } from 'vitest';
import { peopleHere } from './use-people.ts';

const person = (id: string, name: string) => ({ id, name, email: `${id}@example.org` });
const me = person('m', 'Me');
const names = (states: Record<string, unknown>[]) => peopleHere(states, me).map(({ name }) => name);

test('I am here, even alone', () => expect(names([{}])).toEqual(['Me']));

test('the others follow by name', () => {
  expect(names([{ user: person('b', 'Zoë') }, {}, { user: person('a', 'Ada') }])).toEqual([
    'Me',
    'Ada',
    'Zoë',
  ]);
});

test('a person in several tabs is one person, and so am I', () => {
  expect(names([{ user: person('a', 'Ada') }, { user: person('a', 'Ada') }, { user: me }])).toEqual([
    'Me',
    'Ada',
  ]);
});

test('two people of the same name are two', () => {
  expect(names([{ user: person('a', 'Ada') }, { user: person('b', 'Ada') }])).toEqual(['Me', 'Ada', 'Ada']);
});

test('somebody is idle who does nothing in any of their tabs', () => {
  const idle = (...tabs: boolean[]) =>
    peopleHere(
      tabs.map(isIdle => ({ user: person('a', 'Ada'), idle: isIdle })),
      me,
    ).map(({ isIdle }) => isIdle);
  expect(idle(true, true)).toEqual([false, true]);
  expect(idle(true, false)).toEqual([false, false]);
  expect(idle(false, true)).toEqual([false, false]);
});
