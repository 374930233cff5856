import { describe, expect, test } from 'vitest';
import { contrast } from './contrast.ts';
import { initials, personColour, personColours } from './person-colour.ts';

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

test.each([
  ['Ada Lovelace', 'AL'],
  ['user', 'U'],
  ['Jean-Luc van den Berg', 'JB'],
  ['élodie', 'É'],
  ['User 2', 'U2'],
  ['', ''],
])('the initials of %j are %j', (name, expected) => expect(initials(name)).toBe(expected));
