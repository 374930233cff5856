import type { Person } from '@cahier/protocol';

export interface Summary {
  /** Who has written meanwhile, I perhaps among them (elsewhere); undefined: not known. */
  readonly authors: readonly Person[] | undefined;
  /** How many paragraphs have changed, and how many of them I had changed, too. */
  readonly places: number;
  readonly byBoth: number;
}

const MOST_NAMES = 3;

/** What happened while somebody was away, in one or two sentences. */
export function summaryText({ authors, places, byBoth }: Summary, me: Person): string {
  const what = `${who(authors, me)} changed ${places} ${places === 1 ? 'paragraph' : 'paragraphs'} while you were away`;
  if (byBoth === 0) return `${what}.`;
  if (places === 1) return `${what}. You had changed it, too.`;
  return `${what}. You had changed ${byBoth === places ? 'all' : byBoth} of them, too.`;
}

function who(authors: readonly Person[] | undefined, me: Person): string {
  if (authors === undefined || authors.length === 0) return 'Others';
  const names = authors.filter(({ id }) => id !== me.id).map(({ name }) => name);
  if (names.length === 0) return 'You, somewhere else,';
  const shown = names.length > MOST_NAMES ? names.slice(0, MOST_NAMES - 1) : names;
  const rest = names.length - shown.length;
  const all = rest === 0 ? shown : [...shown, `${rest} others`];
  return all.length === 1 ? String(all[0]) : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** A place that was stepped to, for those who do not see it. */
export function placeText(index: number, count: number, byBoth: boolean, words: string): string {
  const start = words.length > 80 ? `${words.slice(0, 80).trimEnd()}…` : words;
  const quoted = start === '' ? 'an empty paragraph' : `“${start}”`;
  return `Change ${index + 1} of ${count}${byBoth ? ', changed by you, too' : ''}: ${quoted}`;
}
