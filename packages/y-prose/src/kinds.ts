import {
  type AttributeSpec,
  type Attrs,
  Fragment,
  type Mark,
  type MarkType,
  type Node,
  type NodeType,
  type Schema,
} from 'prosemirror-model';
import { UNKNOWN_BLOCK, UNKNOWN_INLINE, UNKNOWN_MARK } from './unknown.ts';
import { digest, NONE, sameValue, type Value, type Values, withValue } from './values.ts';

// What lies in the sequence ↔ node types, marks and attributes of a schema.

const textblocks = new WeakMap<Schema, NodeType>();

/**
 * The type of a block that says nothing about itself: where the document begins, if that is a textblock, else the first
 * textblock of the schema.
 */
export function defaultTextblock(schema: Schema): NodeType {
  let found = textblocks.get(schema);
  if (found === undefined) {
    const preferred = schema.topNodeType.contentMatch.defaultType;
    found = preferred?.isTextblock ? preferred : Object.values(schema.nodes).find(type => type.isTextblock);
    if (found === undefined) throw new RangeError('The schema has no textblock');
    textblocks.set(schema, found);
  }
  return found;
}

/** The attributes that differ from the defaults. */
export function storedAttributes(attrs: Attrs, type: NodeType | MarkType): Values {
  const specs = attributeSpecs(type);
  const stored = Object.entries(attrs).filter(([name, value]) => {
    const spec = specs[name];
    return value !== undefined && !(spec !== undefined && hasDefault(spec) && sameValue(spec.default, value));
  });
  return stored.length === 0 ? NONE : Object.fromEntries(stored);
}

/**
 * The attributes that a type makes of stored ones: others and invalid ones are left out.
 *
 * @returns `null` when one without a default is missing
 */
export function attributesFrom(stored: Values, type: NodeType | MarkType): Attrs | null {
  const attrs: Record<string, Value> = {};
  for (const [name, spec] of Object.entries(attributeSpecs(type))) {
    const value = Object.hasOwn(stored, name) ? stored[name] : undefined;
    if (value !== undefined && isValid(value, spec)) attrs[name] = value;
    else if (hasDefault(spec)) attrs[name] = spec.default;
    else return null;
  }
  return attrs;
}

function attributeSpecs(type: NodeType | MarkType): Readonly<Record<string, AttributeSpec>> {
  return type.spec.attrs ?? {};
}

const hasDefault = (spec: AttributeSpec) => Object.hasOwn(spec, 'default');

function isValid(value: Value, { validate }: AttributeSpec): boolean {
  if (validate === undefined) return true;
  if (typeof validate === 'string') {
    return validate.split('|').includes(value === null ? 'null' : typeof value);
  }
  try {
    validate(value);
    return true;
  } catch {
    return false;
  }
}

/** Between the name of a mark and what tells several marks of this name apart. */
const KEY_SEPARATOR = '#';

/** The formatting key of a mark: its name, and for types that may overlap themselves also its attributes in short. */
function formatKey(mark: Mark): string {
  if (mark.type.name === UNKNOWN_MARK) return String(mark.attrs.key);
  if (mark.type.excludes(mark.type)) return mark.type.name;
  return mark.type.name + KEY_SEPARATOR + digest(mark.attrs);
}

function formatValue(mark: Mark): Value {
  if (mark.type.name === UNKNOWN_MARK) return mark.attrs.value;
  const attributes = storedAttributes(mark.attrs, mark.type);
  return attributes === NONE ? true : attributes;
}

/** Marks as formatting. */
export function formatsOf(marks: readonly Mark[]): Values {
  if (marks.length === 0) return NONE;
  return Object.fromEntries(marks.map(mark => [formatKey(mark), formatValue(mark)]));
}

/**
 * Formatting as the marks that a parent of this type admits. What excludes each other is settled by the order of the
 * schema.
 */
export function marksFrom(formats: Values, parent: NodeType): readonly Mark[] {
  if (formats === NONE) return [];
  const marks: Mark[] = [];
  for (const key of Object.keys(formats).sort()) {
    const mark = markFrom(key, formats[key], parent.schema);
    if (mark !== null && parent.allowsMarkType(mark.type)) marks.push(mark);
  }
  const ranks = Object.keys(parent.schema.marks);
  marks.sort((a, b) => ranks.indexOf(a.type.name) - ranks.indexOf(b.type.name));
  let set: readonly Mark[] = [];
  for (const mark of marks) set = mark.addToSet(set);
  return set;
}

function markFrom(key: string, value: Value, schema: Schema): Mark | null {
  const type = markType(key, schema);
  const stored = typeof value === 'object' && value !== null ? (value as Values) : NONE;
  const attrs = type === undefined ? null : attributesFrom(stored, type);
  if (type !== undefined && attrs !== null) return type.create(attrs);
  return schema.marks[UNKNOWN_MARK]?.create({ key, value }) ?? null;
}

function markType(key: string, schema: Schema): MarkType | undefined {
  return schema.marks[key] ?? schema.marks[key.slice(0, Math.max(0, key.lastIndexOf(KEY_SEPARATOR)))];
}

/** What a block or container is, as the sequence says it. */
export interface NodeKind {
  /** Name of the node type; absent: the default textblock. */
  readonly type?: string;
  readonly attributes: Values;
  readonly marks: Values;
}

/** What the sequence says of a node. */
export function kindOf(node: Node): NodeKind {
  const { type, attrs } = node;
  const marks = formatsOf(node.marks);
  if (type.name === UNKNOWN_BLOCK) {
    return { type: String(attrs.type), attributes: attrs.attributes as Values, marks };
  }
  const attributes = storedAttributes(attrs, type);
  return type === defaultTextblock(type.schema)
    ? { attributes, marks }
    : { type: type.name, attributes, marks };
}

/** Name of the attribute that holds the content of an inline node that has any, as JSON. */
const CONTENT = '';

/** Of an inline node that has no attributes that are stored, but may come to have some: not {@link NONE}. */
const NONE_YET: Values = Object.freeze({});

/** What the sequence says of an inline node that is no text. Only one that can never have attributes has {@link NONE}. */
export function atomOf({ type, attrs, content }: Node): { atom: string; attributes: Values } {
  if (type.name === UNKNOWN_INLINE) {
    return { atom: String(attrs.atom), attributes: attrs.attributes as Values };
  }
  const stored = storedAttributes(attrs, type);
  const canChange = !type.isLeaf || Object.keys(attributeSpecs(type)).length > 0;
  const attributes = stored === NONE && canChange ? NONE_YET : stored;
  const inside = content.size > 0 ? { ...attributes, [CONTENT]: content.toJSON() } : attributes;
  return { atom: type.name, attributes: inside };
}

/** The content of an inline node of this type; nothing fitting gives the least that the schema requires. */
export function atomContent(attributes: Values, type: NodeType): Fragment {
  if (type.isLeaf) return Fragment.empty;
  try {
    const content = Fragment.fromJSON(type.schema, attributes[CONTENT]);
    content.forEach(node => {
      node.check();
    });
    if (type.validContent(content)) return content;
  } catch {
    // Not made by this schema.
  }
  return type.contentMatch.fillBefore(Fragment.empty, true) ?? Fragment.empty;
}

/** A node type and its attributes. */
export interface Markup {
  readonly type: NodeType;
  readonly attrs: Attrs;
}

/** The block that a schema makes of a kind; of one it does not know an {@link UNKNOWN_BLOCK}, or the default textblock. */
export function blockMarkup(type: string | undefined, attributes: Values, schema: Schema): Markup {
  const fallback = defaultTextblock(schema);
  const known = type === undefined ? fallback : schema.nodes[type];
  if (known?.isBlock && (known.isTextblock || known.contentMatch.validEnd) && known !== schema.topNodeType) {
    const attrs = attributesFrom(attributes, known);
    if (attrs !== null) return { type: known, attrs };
  }
  const unknown = schema.nodes[UNKNOWN_BLOCK];
  if (unknown !== undefined) return { type: unknown, attrs: { type: type ?? '', attributes } };
  return { type: fallback, attrs: attributesFrom(NONE, fallback) ?? {} };
}

/** The container that a schema makes of a kind, or `null`: its content is then shown without it. */
export function containerMarkup(type: string, attributes: Values, schema: Schema): Markup | null {
  const known = schema.nodes[type];
  if (known === undefined || known.isInline || known.isTextblock || known.isLeaf) return null;
  if (known === schema.topNodeType) return null;
  const attrs = attributesFrom(attributes, known);
  return attrs === null ? null : { type: known, attrs };
}

/** The inline node that a schema makes of an atom; of one it does not know an {@link UNKNOWN_INLINE}, or `null`. */
export function atomMarkup(atom: string, attributes: Values, schema: Schema): Markup | null {
  const known = schema.nodes[atom];
  if (known?.isInline && !known.isText) {
    const attrs = attributesFrom(attributes, known);
    if (attrs !== null) return { type: known, attrs };
  }
  const unknown = schema.nodes[UNKNOWN_INLINE];
  return unknown === undefined ? null : { type: unknown, attrs: { atom, attributes } };
}

/** Whether a schema knows a kind of block or container with everything about it. */
export function knowsKind({ type, attributes, marks }: NodeKind, schema: Schema): boolean {
  const known = type === undefined ? defaultTextblock(schema) : schema.nodes[type];
  return (
    known?.isBlock === true &&
    knowsAttributes(attributes, known) &&
    Object.entries(marks).every(([key, value]) => knowsMark(key, value, schema))
  );
}

/** Whether a schema knows an inline node with everything about it. */
export function knowsAtom(atom: string, attributes: Values, schema: Schema): boolean {
  const known = schema.nodes[atom];
  return known?.isInline === true && knowsAttributes(withValue(attributes, CONTENT, undefined), known);
}

/** Whether a schema knows a mark with everything about it. */
export function knowsMark(key: string, value: Value, schema: Schema): boolean {
  const type = markType(key, schema);
  if (type === undefined) return false;
  return typeof value !== 'object' || value === null || knowsAttributes(value as Values, type);
}

function knowsAttributes(stored: Values, type: NodeType | MarkType): boolean {
  const specs = attributeSpecs(type);
  return Object.entries(stored).every(([name, value]) => {
    const spec = specs[name];
    return spec !== undefined && isValid(value, spec);
  });
}
