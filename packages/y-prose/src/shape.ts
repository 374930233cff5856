import { Fragment, Mark, type Node, type NodeType, type Schema } from 'prosemirror-model';
import { atomContent, atomMarkup, blockMarkup, defaultTextblock, marksFrom } from './kinds.ts';
import { type Block, type Inline, inlineLength, isText } from './sequence.ts';
import { NONE, type Values } from './values.ts';

/** A node of a document, and what of the sequence it shows. */
export interface Placed {
  /** Replaced only by an equal one, the editor's own. */
  node: Node;
  /** Of a container its id, of a block that of the block; of what is only there to satisfy the schema a derived one. */
  readonly id: string;
  /** Its children when these are blocks, else `null`. */
  readonly children: readonly Placed[] | null;
  /** What it shows of a block of the sequence; `null`: nothing. */
  readonly shows: Shown | null;
}

/** Which part of a block a node shows. */
export interface Shown {
  readonly block: Block;
  /** Whether it stands for the block's marker. */
  readonly marker: boolean;
  /** The part of the block's content that is in the node, in units of the `Y.Text` from behind the marker. */
  readonly from: number;
  readonly to: number;
  /** Units in this part that the node has no room for, ascending: they stay in the sequence, out of sight. */
  readonly hidden: readonly number[];
}

/** Whether a node shows all of a block's content, so that units and positions go together. */
export function isWhole({ node, shows }: Placed): boolean {
  return shows !== null && shows.from === 0 && shows.hidden.length === 0 && node.content.size === shows.to;
}

/** The nodes that show one block: one, and behind a block that can hold no text or not all of it, another one. */
export interface Shape {
  readonly block: Block;
  readonly placed: Placed;
  readonly overflow: Placed | null;
  /** What the schema's order of things asked for lately: `placed` with marks, or an ordinary textblock instead. */
  marked?: Placed;
  plain?: Shape;
}

const NOTHING_HIDDEN: readonly number[] = [];

/** Makes the nodes for one block, whatever is in it. */
export function shapeBlock(block: Block, schema: Schema): Shape {
  const { type, attrs } = blockMarkup(block.type, block.attributes, schema);
  const part = type.isTextblock ? fit(block.content, 0, type) : unfit(block.content);
  const node = type.create(attrs, part.nodes);
  return {
    block,
    placed: { node, id: block.id, children: null, shows: { block, marker: true, from: 0, ...part.shown } },
    overflow: part.shown.to < part.length ? overflowOf(block, part.shown.to, defaultTextblock(schema)) : null,
  };
}

/** A shape in which the block is an ordinary textblock, for where the schema admits no other. */
export function plainShape(original: Shape, schema: Schema): Shape {
  original.plain ??= makePlain(original.block, schema);
  return original.plain;
}

function makePlain(block: Block, schema: Schema): Shape {
  const { type: _, ...rest } = block;
  const shape = shapeBlock({ ...rest, attributes: NONE }, schema);
  const own = (placed: Placed): Placed => ({ ...placed, shows: placed.shows && { ...placed.shows, block } });
  return { block, placed: own(shape.placed), overflow: shape.overflow && own(shape.overflow) };
}

function overflowOf(block: Block, from: number, type: NodeType): Placed {
  const part = fit(block.content, from, type);
  const node = type.create(null, part.nodes);
  // What does not even fit into an ordinary textblock is out of sight.
  const hidden = [...part.shown.hidden, ...range(part.shown.to, part.length)];
  const shows: Shown = { block, marker: false, from, to: part.length, hidden };
  return { node, id: `${block.id}~${type.name}`, children: null, shows };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

interface Part {
  readonly nodes: Fragment;
  readonly shown: { readonly to: number; readonly hidden: readonly number[] };
  /** The length of all of the block's content. */
  readonly length: number;
}

function unfit(content: readonly Inline[]): Part {
  const length = content.reduce((sum, inline) => sum + inlineLength(inline), 0);
  return { nodes: Fragment.empty, shown: { to: 0, hidden: NOTHING_HIDDEN }, length };
}

/** As much of the content, beginning at `from`, as a textblock of this type can hold. */
function fit(content: readonly Inline[], from: number, type: NodeType): Part {
  const { schema } = type;
  const marks = new MarkCache(type);
  const nodes: Node[] = [];
  let hidden = NOTHING_HIDDEN;
  let match = type.contentMatch;
  let position = 0;
  let to = -1;
  for (const inline of content) {
    const start = position;
    position += inlineLength(inline);
    if (start < from || to >= 0) continue;
    const markup = isText(inline)
      ? { type: schema.nodes.text as NodeType, attrs: null }
      : atomMarkup(inline.atom, inline.attributes, schema);
    const next = markup === null ? null : match.matchType(markup.type);
    if (markup !== null && next) {
      match = next;
      const set = marks.of(inline.formats);
      nodes.push(
        isText(inline)
          ? schema.text(inline.text, set)
          : markup.type.create(markup.attrs, atomContent(inline.attributes, markup.type), set),
      );
    } else if (isText(inline)) to = start;
    else hidden = [...hidden, start];
  }
  if (!match.validEnd) {
    match.fillBefore(Fragment.empty, true)?.forEach(node => {
      nodes.push(node);
    });
  }
  return {
    nodes: Fragment.fromArray(nodes),
    shown: { to: to < 0 ? position : to, hidden },
    length: position,
  };
}

/** Runs with the same formatting share it, so that the marks are made once. */
class MarkCache {
  readonly #type: NodeType;
  #known: Map<Values, readonly Mark[]> | null = null;

  constructor(type: NodeType) {
    this.#type = type;
  }

  of(formats: Values): readonly Mark[] {
    if (formats === NONE) return Mark.none;
    this.#known ??= new Map();
    let marks = this.#known.get(formats);
    if (marks === undefined) {
      marks = marksFrom(formats, this.#type);
      this.#known.set(formats, marks);
    }
    return marks;
  }
}

/** A node of this type that is made by itself. */
export function filled(type: NodeType, id: string): Placed {
  const node = type.createAndFill();
  if (node === null) throw new RangeError(`The schema allows no ${type.name} that is made by itself`);
  return placeholder(node, id);
}

/** A node that shows nothing of the sequence: it is there because the schema requires it. */
export function placeholder(node: Node, id: string): Placed {
  const children: Placed[] | null = node.isTextblock || node.isLeaf ? null : [];
  if (children !== null) {
    node.forEach((child, _, index) => {
      children.push(placeholder(child, `${id}/${index}`));
    });
  }
  return { node, id, children, shows: null };
}
