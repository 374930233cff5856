import * as Y from 'yjs';
import { NONE, type Value, type Values, withValue } from './values.ts';

// How the model lies in Yjs. A block begins with an embedded Y.Map, its marker, with the keys below. An inline node is an
// embedded Y.Map (or, when its type has no attributes, a plain object) with the key ATOM. Containers are attributes of the
// Y.Text: `id` → what it was made with (an object of the same keys, or TYPE and IN as one text), and one more attribute for
// each property that was changed since.

/** Of a marker: name of the node type; absent for the schema's default textblock. */
export const TYPE = 'type';
/** Of a marker: id of the container. */
export const IN = 'in';
/** Of a marker: the identity that the block had before it was moved. */
const ID = 'id';
/** Of an inline node: name of the node type. Never changes. */
export const ATOM = 'atom';
/** Before the name of an attribute. */
export const ATTRIBUTE = '@';
/** Before the formatting key of a mark on a block or container. */
export const MARK = '+';
/** Before {@link TYPE} or {@link IN} in the key of a container's property. */
const PROPERTY = '.';
/** Between type and container of a container that has nothing else. */
const SEPARATOR = ' ';

/** A stored value, or `undefined`. */
function liveValue(item: Y.Item | undefined): Value {
  if (item === undefined || item.deleted) return undefined;
  return item.content.getContent()[item.length - 1];
}

/** An embedded Y.Map: a marker or an inline node. */
export function embeddedMap(item: Y.Item): Y.Map<Value> | null {
  return item.content instanceof Y.ContentType && item.content.type instanceof Y.Map
    ? (item.content.type as Y.Map<Value>)
    : null;
}

/** Whether a block begins here. What it is was settled when it was made, so that this also holds for deleted ones. */
export function isMarker(item: Y.Item): boolean {
  return embeddedMap(item)?._map.has(ATOM) === false;
}

export interface StoredKind {
  readonly type?: string;
  readonly in?: string;
  readonly id?: string;
  readonly attributes: Values;
  readonly marks: Values;
}

/** The properties in a marker, or in the map of an inline node. What has the wrong type is left out. */
export function readMap(map: Y.Map<Value>): StoredKind {
  let kind: StoredKind = PLAIN;
  for (const [key, item] of map._map) {
    const value = liveValue(item);
    if (value !== undefined) kind = withProperty(kind, key, value);
  }
  return kind;
}

/** An ordinary paragraph at the top level. */
export const PLAIN: StoredKind = { attributes: NONE, marks: NONE };

function withProperty(kind: StoredKind, key: string, value: Value): StoredKind {
  const name = key.slice(1);
  if (key.startsWith(ATTRIBUTE)) {
    return { ...kind, attributes: withValue(kind.attributes, name, value) };
  }
  if (key.startsWith(MARK)) return { ...kind, marks: withValue(kind.marks, name, value) };
  if (typeof value === 'string' && (key === TYPE || key === IN || key === ID))
    return { ...kind, [key]: value };
  return kind;
}

/** What a key of the Y.Text's attributes is about: which container (`''`: the document) and which of its properties. */
function parseKey(key: string): { id: string; property: string } {
  const at = key.search(/[.@+]/);
  if (at < 0) return { id: key, property: '' };
  const property = key.slice(at);
  return { id: key.slice(0, at), property: property.startsWith(PROPERTY) ? property.slice(1) : property };
}

/** The inverse of {@link parseKey}. */
export function propertyKey(id: string, property: string): string {
  const plain = property === TYPE || property === IN;
  return id + (plain ? PROPERTY : '') + property;
}

/**
 * All containers, by id, and the attributes of the document, under the id `''`.
 *
 * A property that was changed after the container was made overrides what it was made with: `[value]`, or `[]` where the
 * property was removed.
 */
export function readContainers(text: Y.Text): Map<string, StoredKind> {
  const created = new Map<string, StoredKind>();
  const changes: [id: string, property: string, value: Value][] = [];
  for (const [key, item] of text._map) {
    const value = liveValue(item);
    if (value === undefined) continue;
    const { id, property } = parseKey(key);
    if (property !== '') changes.push([id, property, value]);
    else {
      const kind = kindFrom(value);
      if (kind !== null) created.set(id, kind);
    }
  }
  for (const [id, property, value] of changes) {
    const kind = created.get(id) ?? (id === '' ? PLAIN : undefined);
    if (kind !== undefined) created.set(id, withOverride(kind, property, value));
  }
  return created;
}

/** What a container's entry says; `null`: nothing. */
function kindFrom(entry: Value): StoredKind | null {
  if (typeof entry === 'string') {
    const at = entry.indexOf(SEPARATOR);
    return at < 0
      ? { ...PLAIN, type: entry }
      : { ...PLAIN, type: entry.slice(0, at), in: entry.slice(at + 1) };
  }
  if (typeof entry !== 'object' || entry === null) return null;
  let kind: StoredKind = PLAIN;
  for (const [name, part] of Object.entries(entry)) kind = withProperty(kind, name, part);
  return kind;
}

function withOverride(kind: StoredKind, property: string, value: Value): StoredKind {
  if (Array.isArray(value)) {
    if (value.length > 0) return withProperty(kind, property, value[0]);
    if (property === IN) {
      const { in: _, ...rest } = kind;
      return rest;
    }
    const name = property.slice(1);
    if (property.startsWith(ATTRIBUTE)) {
      return { ...kind, attributes: withValue(kind.attributes, name, undefined) };
    }
    if (property.startsWith(MARK)) return { ...kind, marks: withValue(kind.marks, name, undefined) };
  }
  return kind;
}

/** What a marker with these properties is made of. */
export function markerEntries(kind: StoredKind): [string, Value][] {
  const { type, in: parent, id, attributes, marks } = kind;
  const plain = { [TYPE]: type, [IN]: parent, [ID]: id };
  return [
    ...Object.entries(plain).filter(([, value]) => value !== undefined),
    ...Object.entries(attributes).map(([name, value]): [string, Value] => [ATTRIBUTE + name, value]),
    ...Object.entries(marks).map(([key, value]): [string, Value] => [MARK + key, value]),
  ];
}

/** What a container's entry is made with: mostly this is a list, a list item or the like, and says only that and where. */
export function containerEntry(kind: StoredKind): Value {
  const { type, in: parent, attributes, marks } = kind;
  const isPlain = Object.keys(attributes).length === 0 && Object.keys(marks).length === 0;
  if (!isPlain || type === undefined || type.includes(SEPARATOR))
    return Object.fromEntries(markerEntries(kind));
  return parent === undefined ? type : type + SEPARATOR + parent;
}
