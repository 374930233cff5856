import { describe, expect, test } from 'vitest';
import { contrast } from './contrast.ts';
import { coloursAmong, initials, personColour, personColours } from './person-colour.ts';

describe("a person's colour", () => {
  test.each(personColours)('%s carries white text (WCAG 1.4.3, AA)', colour => {
    expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(4.5);
  });

  test('depends on the person alone', () => {
    const id = '7f1c1f0e-6a4b-4f5e-9a36-0f2f7c9b1a11';
    expect(personColour(id)).toBe(personColour(`${id}`));
    expect(personColours).toContain(personColour(id));
  });

  test('differs for most people: all inks are in use among a hundred', () => {
    const used = new Set(Array.from({ length: 100 }, (_, n) => personColour(`person-${n}`)));
    expect(used.size).toBe(personColours.length);
  });
});

describe('colours of people who are in one place', () => {
  const people = Array.from({ length: personColours.length }, (_, n) => `person-${n}`);

  test('are all different as long as there are inks', () => {
    expect(new Set(coloursAmong(people).values()).size).toBe(personColours.length);
  });

  test('do not depend on the order in which people came', () => {
    const inOrder = [...coloursAmong(people)].sort();
    expect([...coloursAmong([...people].reverse())].sort()).toEqual(inOrder);
  });

  test('are those of their own where nobody else has it', () => {
    expect(coloursAmong(['person-1']).get('person-1')).toBe(personColour('person-1'));
  });

  test('are there for everybody, also when there are more people than inks', () => {
    const crowd = Array.from({ length: 40 }, (_, n) => `person-${n}`);
    expect([...coloursAmong(crowd).keys()].sort()).toEqual([...crowd].sort());
  });
});

test.each([
  ['Ada Lovelace', 'AL'],
  ['user', 'U'],
  ['Jean-Luc van den Berg', 'JB'],
  ['élodie', 'É'],
  ['User 2', 'U2'],
  ['', ''],
])('the initials of %j are %j', (name, expected) => expect(initials(name)).toBe(expected));
