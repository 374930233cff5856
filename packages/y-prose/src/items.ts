import * as Y from 'yjs';
import type { Atom } from './sequence.ts';
import { ATOM, ATTRIBUTE, markerEntries, type StoredKind } from './storage.ts';
import { NONE, sameValue, type Value, type Values } from './values.ts';

// The only place that makes Yjs items. `Y.Text.insert` and `Y.Text.format` find their place by walking from the start of
// the text as soon as formatting is involved; here the place is known.

/** A gap between two items of a text. */
export interface Gap {
  readonly left: Y.Item | null;
  readonly right: Y.Item | null;
}

type Content = Y.Item['content'];

/** Inserts content into a gap. */
export function insertItem(
  transaction: Y.Transaction,
  text: Y.Text,
  { left, right }: Gap,
  content: Content,
): Y.Item {
  const { clientID, store } = transaction.doc;
  const id = Y.createID(clientID, Y.getState(store, clientID));
  const item = new Y.Item(id, left, left?.lastId ?? null, right, right?.id ?? null, text, null, content);
  item.integrate(transaction, 0);
  return item;
}

/** Yjs finds indexes with the help of notes that only its own methods keep up to date. */
export function forgetSearchMarkers(text: Y.Text): void {
  if (text._searchMarker) text._searchMarker.length = 0;
}

/**
 * Has Yjs leave the formatting of a text alone. Whenever an edit of somebody else arrives, it would delete what it holds to be
 * superfluous: by going through all of the text where formatting has come, and in an edit of its own, so that everybody who
 * reads answers in writing, and whoever must not write comes to have another text than all others.
 */
export function keepFormatting(text: Y.Text): void {
  Object.defineProperty(text, '_hasFormatting', { get: () => false, set: () => {}, configurable: true });
}

/** A new marker. */
export function markerContent(kind: StoredKind): Content {
  return new Y.ContentType(new Y.Map(markerEntries(kind)));
}

/** A new inline node. With `NONE` for attributes it is a plain object, which costs less, and never has any. */
export function atomContent({ atom, attributes }: Pick<Atom, 'atom' | 'attributes'>): Content {
  if (attributes === NONE) return new Y.ContentEmbed({ [ATOM]: atom });
  const entries = Object.entries(attributes).map(([name, value]): [string, Value] => [
    ATTRIBUTE + name,
    value,
  ]);
  return new Y.ContentType(new Y.Map([[ATOM, atom], ...entries]));
}

/**
 * Inserts formatting such that `wanted` is open behind it.
 *
 * @param open - the formatting that is open in the gap
 * @returns the gap behind the formatting
 */
export function switchFormats(
  transaction: Y.Transaction,
  text: Y.Text,
  gap: Gap,
  open: Values,
  wanted: Values,
): Gap {
  let { left } = gap;
  for (const key of new Set([...Object.keys(open), ...Object.keys(wanted)])) {
    if (sameValue(open[key], wanted[key])) continue;
    const content = new Y.ContentFormat(key, (wanted[key] ?? null) as object);
    left = insertItem(transaction, text, { left, right: gap.right }, content);
  }
  return { left, right: gap.right };
}
