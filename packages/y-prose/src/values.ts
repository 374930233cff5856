/** A value that JSON can hold: what attributes and formatting are made of. */
export type Value = unknown;

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameValue(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(key => Object.hasOwn(b, key) && sameValue((a as Values)[key], (b as Values)[key]));
}

/** Named values: the attributes of a node, or the formatting of a run of text. */
export type Values = Readonly<Record<string, Value>>;

/** Shared by everything that has none, so that comparing by identity is mostly enough. */
export const NONE: Values = Object.freeze({});

/** A copy with one value set, or removed when it is `undefined`. */
export function withValue(values: Values, key: string, value: Value): Values {
  if (value === undefined) {
    if (!Object.hasOwn(values, key)) return values;
    const { [key]: _, ...rest } = values;
    return Object.keys(rest).length === 0 ? NONE : rest;
  }
  return { ...values, [key]: value };
}

/** JSON with sorted keys: the same text for the same value everywhere. */
function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.keys(value).sort();
  return `{${entries.map(key => `${JSON.stringify(key)}:${canonical((value as Values)[key])}`).join(',')}}`;
}

/** A short text that stands for a value: 64 bits (FNV-1a, twice with different bases) in base 36. */
export function digest(value: Value): string {
  const text = canonical(value);
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + 0x9e37), 0x85ebca6b);
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
}
