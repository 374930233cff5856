import * as Y from 'yjs';
import type { Atom, Block, Container, Inline, Sequence, TextRun } from './sequence.ts';
import { ATOM, embeddedMap, isMarker, PLAIN, readContainers, readMap } from './storage.ts';
import { NONE, type Value, type Values, withValue } from './values.ts';

/** What lies between a marker and the next. */
export interface Stretch {
  readonly content: readonly Inline[];
  /** The next marker, or `null` at the end of the text. */
  readonly next: Y.Item | null;
  /** The formatting that is open where the stretch ends. */
  readonly formats: Values;
}

/**
 * Reads from `start` up to the next marker.
 *
 * @param formats - the formatting that is open at the start
 */
export function readStretch(start: Y.Item | null, formats: Values): Stretch {
  const content: Inline[] = [];
  let open = formats;
  let item = start;
  for (; item !== null; item = item.right) {
    if (item.deleted) continue;
    if (item.content instanceof Y.ContentString) append(content, item.content.str, open);
    else if (item.content instanceof Y.ContentFormat) open = openFormats(open, item.content);
    else if (isMarker(item)) break;
    else if (item.countable) {
      for (const value of item.content.getContent()) content.push(readAtom(item, value, open));
    }
  }
  return { content, next: item, formats: open };
}

/** The formatting that is open behind a piece of formatting. */
export function openFormats(open: Values, { key, value }: Y.ContentFormat): Values {
  return withValue(open, key, value === null ? undefined : value);
}

function append(content: Inline[], text: string, formats: Values): void {
  const last = content.at(-1);
  if (last !== undefined && 'text' in last && last.formats === formats) {
    content[content.length - 1] = { text: last.text + text, formats } satisfies TextRun;
  } else content.push({ text, formats });
}

/** An inline node, from one of the values of its item. */
export function readAtom(item: Y.Item, value: Value, formats: Values): Atom {
  const map = embeddedMap(item);
  if (map !== null) return { atom: String(map.get(ATOM)), attributes: readMap(map).attributes, formats };
  if (typeof value !== 'object' || value === null || value instanceof Y.AbstractType) {
    return { atom: '', attributes: NONE, formats };
  }
  const { [ATOM]: atom = '', ...attributes } = value as Record<string, Value>;
  return { atom: String(atom), attributes, formats };
}

/** The block that begins with a marker; `null`: with the start of the text. */
export function blockAt(marker: Y.Item | null, content: readonly Inline[]): Block {
  if (marker === null) return { id: '', ...PLAIN, content };
  const map = embeddedMap(marker);
  if (map === null || map._map.size === 0) {
    return { id: itemId(marker), attributes: NONE, marks: NONE, content };
  }
  const { id = itemId(marker), ...kind } = readMap(map);
  return { id, ...kind, content };
}

/** Where Yjs keeps an item, as text. */
function itemId({ id }: Y.Item): string {
  return `${id.client}:${id.clock}`;
}

/**
 * Reads everything.
 *
 * Pure, in Node and in browsers. Costs one walk over the items of the text.
 *
 * @param text - integrated into a `Y.Doc`; an empty one gives one block, without marker
 */
export function readSequence(text: Y.Text): Sequence {
  const blocks: Block[] = [];
  const head = readStretch(text._start, NONE);
  if (head.content.length > 0 || head.next === null) blocks.push(blockAt(null, head.content));
  let { next, formats } = head;
  while (next !== null) {
    const marker = next;
    const stretch = readStretch(marker.right, formats);
    blocks.push(blockAt(marker, stretch.content));
    ({ next, formats } = stretch);
  }
  return { ...sequenceContainers(text), blocks };
}

/** The part of a sequence that lies in the attributes of the text. */
export function sequenceContainers(text: Y.Text): Pick<Sequence, 'attributes' | 'containers'> {
  const containers = new Map<string, Container>();
  let attributes = NONE;
  for (const [id, kind] of readContainers(text)) {
    if (id === '') attributes = kind.attributes;
    else if (kind.type !== undefined) containers.set(id, { ...kind, type: kind.type });
  }
  return { attributes, containers };
}
