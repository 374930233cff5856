import type { Schema } from 'prosemirror-model';
import * as Y from 'yjs';
import { Changes } from './changes.ts';
import { keepFormatting } from './items.ts';
import { knowsAtom, knowsKind, knowsMark } from './kinds.ts';
import { readAtom } from './read-blocks.ts';
import { embeddedMap, isMarker, readContainers, readMap } from './storage.ts';
import { NONE } from './values.ts';

/**
 * Tells when a text holds, or comes to hold, what a schema does not know: a kind of block, container or inline node, a
 * mark, an attribute, a value of one. A newer version of the application has made it; whoever does not know it had better
 * not write around it, although nothing of it would be lost.
 *
 * Looks through the whole text at once, then at what others add to it.
 *
 * @param text - integrated into a `Y.Doc`
 * @param found - called once, possibly before this returns
 * @returns a function that stops looking
 */
export function onUnknown(text: Y.Text, schema: Schema, found: () => void): () => void {
  const { doc } = text;
  if (doc === null) throw new RangeError('The text belongs to no Y.Doc');
  keepFormatting(text);
  const look = (transaction: Y.Transaction) => {
    if (transaction.local) return;
    const changes = new Changes(text);
    changes.add(transaction);
    const isUnknown =
      [...changes.items].some(item => !isKnown(item, schema)) ||
      (changes.containers && !knowsContainers(text, schema));
    if (!isUnknown) return;
    stop();
    found();
  };
  const stop = () => doc.off('afterTransaction', look);
  if (knowsContainers(text, schema) && knowsItems(text, schema)) doc.on('afterTransaction', look);
  else found();
  return stop;
}

function knowsItems(text: Y.Text, schema: Schema): boolean {
  for (let item = text._start; item !== null; item = item.right) {
    if (!isKnown(item, schema)) return false;
  }
  return true;
}

function knowsContainers(text: Y.Text, schema: Schema): boolean {
  for (const [id, kind] of readContainers(text)) {
    // A container without a type is not one.
    const known = id === '' || kind.type === undefined || knowsKind(kind, schema);
    if (!known) return false;
  }
  return true;
}

function isKnown(item: Y.Item, schema: Schema): boolean {
  const { content } = item;
  if (item.deleted || content instanceof Y.ContentString) return true;
  if (content instanceof Y.ContentFormat) {
    return content.value === null || knowsMark(content.key, content.value, schema);
  }
  const map = embeddedMap(item);
  if (map !== null && isMarker(item)) return knowsKind(readMap(map), schema);
  return content.getContent().every(value => {
    const { atom, attributes } = readAtom(item, value, NONE);
    return knowsAtom(atom, attributes, schema);
  });
}
