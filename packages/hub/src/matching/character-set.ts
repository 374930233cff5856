/** Some of the ASCII characters: entry n tells whether the one with code n is among them. */
export type CharacterSet = Uint8Array;

export const ASCII_SIZE = 128;

export function characterSet(characters: string): CharacterSet {
  const set = new Uint8Array(ASCII_SIZE);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

/** All ASCII characters that are not in `set`. */
export function complement(set: CharacterSet): CharacterSet {
  const rest = new Uint8Array(ASCII_SIZE);
  for (let code = 0; code < ASCII_SIZE; code++) rest[code] = 1 - (set[code] as number);
  return rest;
}
