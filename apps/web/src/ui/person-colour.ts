/**
 * Colours for telling people apart: twelve inks, each dark enough to carry white text (WCAG AA), none of them close to
 * the paper or to the text.
 */
export const personColours = [
  '#b3362b',
  '#a8480a',
  '#85610a',
  '#52701a',
  '#1f7a3f',
  '#0f766e',
  '#0b7285',
  '#1d66b5',
  '#4a56c4',
  '#7146b8',
  '#97399f',
  '#b02a6f',
] as const;

/** The colour of a person who is alone: the same on every screen, whoever looks. */
export function personColour(personId: string): string {
  return personColours[preferred(personId)] ?? personColours[0];
}

/** From an ink that is taken to the next that looks nothing like it; coprime with their number, so it meets all. */
const NEXT_INK = 5;

/**
 * The colours of people who are in one place together: everybody has one of their own as long as there are inks, and
 * everybody who sees the same people sees the same colours.
 */
export function coloursAmong(personIds: Iterable<string>): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  const taken = new Set<number>();
  for (const id of [...new Set(personIds)].sort()) {
    let ink = preferred(id);
    while (taken.has(ink) && taken.size < personColours.length) ink = (ink + NEXT_INK) % personColours.length;
    taken.add(ink);
    colours.set(id, personColours[ink] ?? personColours[0]);
  }
  return colours;
}

function preferred(personId: string): number {
  // FNV-1a, 32 bits: identifiers that differ in one digit get unrelated colours.
  let hash = 0x811c9dc5;
  for (const character of personId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0) % personColours.length;
}

/** One or two letters that stand for a name: the first of its first and of its last word. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return [first, last]
    .map(word => (word === undefined ? '' : ([...word][0] ?? '')))
    .join('')
    .toUpperCase();
}
