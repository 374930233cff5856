import { type ContentMatch, Fragment, Mark, type Node, type NodeType, type Schema } from 'prosemirror-model';
import { Containers, type ResolvedContainer } from './containers.ts';
import { attributesFrom, type Markup, marksFrom } from './kinds.ts';
import { withChildren } from './patch-tree.ts';
import { directly, findRoute, type Route } from './route.ts';
import type { Sequence } from './sequence.ts';
import { filled, type Placed, placeholder, plainShape, type Shape, shapeBlock } from './shape.ts';
import { rectangular } from './tables.ts';
import { NONE, type Values } from './values.ts';

/**
 * The document that a sequence shows.
 *
 * Total and deterministic: whatever merging makes of a sequence, everybody who merged the same gets the same document,
 * and it is valid in the schema. All text is in it.
 */
export function toTree(sequence: Sequence, schema: Schema): Node {
  const shapes = sequence.blocks.map(block => shapeBlock(block, schema));
  return buildTree(shapes, new Containers(sequence, schema), schema).root.node;
}

/**
 * Puts blocks into their containers, in their order.
 *
 * @param previous - an earlier tree, whose nodes are used again where nothing in them has changed
 */
export function buildTree(
  shapes: Iterable<Shape>,
  containers: Containers,
  schema: Schema,
  previous?: Tree,
): Tree {
  const builder = new TreeBuilder(containers, schema, containersOf(previous));
  for (const shape of shapes) builder.add(shape);
  return { root: builder.finish() };
}

export interface Tree {
  readonly root: Placed;
}

/**
 * The containers of a tree and what is in it only to satisfy the schema, by id; a container that was left and entered again
 * appears twice.
 */
type Earlier = ReadonlyMap<string, readonly Placed[]>;

function containersOf(tree: Tree | undefined): Earlier {
  const found = new Map<string, Placed[]>();
  const visit = (placed: Placed) => {
    if (placed.children === null && placed.shows !== null) return;
    const instances = found.get(placed.id);
    if (instances === undefined) found.set(placed.id, [placed]);
    else instances.push(placed);
    placed.children?.forEach(visit);
  };
  if (tree !== undefined) visit(tree.root);
  return found;
}

/** A container that is being filled. */
interface Frame {
  readonly id: string;
  readonly markup: Markup;
  readonly marks: Values;
  /** `false` for what is only there to satisfy the schema. */
  readonly named: boolean;
  readonly children: Placed[];
  match: ContentMatch;
}

class TreeBuilder {
  readonly #containers: Containers;
  readonly #schema: Schema;
  readonly #previous: Earlier;
  /** From the document to the innermost container that is open. */
  readonly #open: Frame[];

  constructor(containers: Containers, schema: Schema, previous: Earlier) {
    this.#containers = containers;
    this.#schema = schema;
    this.#previous = previous;
    const type = schema.topNodeType;
    const attrs = attributesFrom(containers.attributes, type) ?? {};
    this.#open = [frame('', { type, attrs }, NONE, true)];
  }

  add(shape: Shape): void {
    const { in: parent } = shape.block;
    if (parent !== undefined || this.#open.length > 1) this.#enter(this.#containers.resolve(parent));
    if (!this.#placeShape(shape)) this.#placeShape(plainShape(shape, this.#schema));
  }

  #placeShape(shape: Shape): boolean {
    const { placed, overflow, block } = shape;
    if (!this.#admit(placed.node.type, placed.id)) return false;
    const { children, markup } = this.#innermost;
    children.push(block.marks === NONE ? placed : withMarks(shape, marksFrom(block.marks, markup.type)));
    if (overflow !== null && this.#admit(overflow.node.type, overflow.id)) {
      this.#innermost.children.push(overflow);
    }
    return true;
  }

  finish(): Placed {
    this.#closeTo(1);
    return this.#close();
  }

  /** Leaves the containers that the next block is not in, and opens those that it is in. */
  #enter(target: ResolvedContainer | null | undefined): void {
    const path: ResolvedContainer[] = [];
    let at = target;
    for (; at; at = at.parent) path.push(at);
    path.reverse();
    if (at === undefined) {
      // The outermost parent is not known: it stays where the block before it is, at the innermost level that admits it.
      const [outermost] = path;
      const admits = (open: Frame) =>
        outermost === undefined || open.match.matchType(outermost.markup.type) !== null;
      const again = this.#open.findIndex(open => open.id === outermost?.id);
      let depth = again > 0 ? again : this.#open.length;
      while (depth > 1 && again < 0 && !admits(this.#open[depth - 1] as Frame)) depth--;
      this.#openFrom(depth, path);
    } else this.#openFrom(1, path);
  }

  /** Keeps the open containers up to `depth` and those of the path that follow them, and opens the rest of the path. */
  #openFrom(start: number, path: readonly ResolvedContainer[]): void {
    let depth = start;
    let common = 0;
    for (let index = start; index < this.#open.length && common < path.length; index++) {
      const candidate = this.#open[index] as Frame;
      if (candidate.id === path[common]?.id) {
        common++;
        depth = index + 1;
      } else if (candidate.named) break;
    }
    // What only satisfies the schema stays open for whatever fits into it directly.
    while (depth < this.#open.length && !this.#open[depth]?.named) depth++;
    this.#closeTo(depth);
    for (const container of path.slice(common)) {
      if (!this.#admit(container.markup.type, container.id)) continue;
      this.#open.push(frame(container.id, container.markup, container.marks, true));
    }
  }

  /**
   * Makes room for a node of this type: in the innermost container, with other nodes before or around it if need be, else
   * in the next one that is wide enough.
   */
  #admit(type: NodeType, id: string): boolean {
    const innermost = this.#innermost;
    const direct = innermost.match.matchType(type);
    if (direct !== null) {
      innermost.match = direct;
      return true;
    }
    for (let depth = this.#open.length; depth > 0; depth--) {
      const parent = this.#open[depth - 1] as Frame;
      // Into what only satisfies the schema nothing is forced.
      const route = parent.named ? findRoute(parent.match, type) : directly(parent.match, type);
      if (route === null) continue;
      this.#closeTo(depth);
      this.#follow(route, type, id);
      return true;
    }
    return false;
  }

  #follow({ before, around }: Route, type: NodeType, id: string): void {
    let parent = this.#innermost;
    for (const filler of before) {
      parent.children.push(this.#asBefore(filled(filler, `${parent.id}/${parent.children.length}`)));
      parent.match = parent.match.matchType(filler) ?? parent.match;
    }
    for (const wrapper of around) {
      parent.match = parent.match.matchType(wrapper) ?? parent.match;
      const attrs = attributesFrom(NONE, wrapper) ?? {};
      parent = frame(`${id}~${wrapper.name}`, { type: wrapper, attrs }, NONE, false);
      this.#open.push(parent);
    }
    parent.match = parent.match.matchType(type) ?? parent.match;
  }

  #closeTo(depth: number): void {
    while (this.#open.length > depth) {
      const placed = this.#close();
      this.#innermost.children.push(placed);
    }
  }

  #close(): Placed {
    const { id, markup, marks, match, children } = this.#open.pop() as Frame;
    const parent = this.#open.at(-1);
    match.fillBefore(Fragment.empty, true)?.forEach(node => {
      children.push(this.#asBefore(placeholder(node, `${id}/${children.length}`)));
    });
    const content =
      markup.type.spec.tableRole === 'table'
        ? rectangular(children, placed => this.#asBefore(placed))
        : children;
    const set = parent === undefined ? [] : marksFrom(marks, parent.markup.type);
    const before = this.#previous
      .get(id)
      ?.find(
        ({ node, children: known }) =>
          known !== null && node.hasMarkup(markup.type, markup.attrs, set) && sameList(known, content),
      );
    if (before !== undefined) return before;
    return {
      node: markup.type.create(
        markup.attrs,
        content.map(child => child.node),
        set,
      ),
      id,
      children: content,
      shows: null,
    };
  }

  /** What was made, with the nodes of the earlier tree where they are equal: nobody has to draw those again. */
  #asBefore(made: Placed): Placed {
    const before = this.#previous.get(made.id)?.find(candidate => samePlaced(candidate, made));
    if (before !== undefined || made.children === null) return before ?? made;
    const changed = new Map<number, Placed>();
    made.children.forEach((child, index) => {
      const known = this.#asBefore(child);
      if (known !== child) changed.set(index, known);
    });
    return changed.size === 0 ? made : withChildren(made, changed);
  }

  get #innermost(): Frame {
    return this.#open[this.#open.length - 1] as Frame;
  }
}

function withMarks(shape: Shape, marks: readonly Mark[]): Placed {
  const { placed, marked } = shape;
  if (marks.length === 0) return placed;
  if (marked === undefined || !Mark.sameSet(marked.node.marks, marks)) {
    shape.marked = { ...placed, node: placed.node.mark(marks) };
  }
  return shape.marked as Placed;
}

function frame(id: string, markup: Markup, marks: Values, named: boolean): Frame {
  return { id, markup, marks, named, children: [], match: markup.type.contentMatch };
}

function sameList(a: readonly Placed[], b: readonly Placed[]): boolean {
  return a.length === b.length && a.every((placed, index) => samePlaced(placed, b[index] as Placed));
}

function samePlaced(a: Placed, b: Placed): boolean {
  if (a === b) return true;
  if (a.id !== b.id || a.shows !== b.shows || !a.node.eq(b.node)) return false;
  return a.children === null || b.children === null
    ? a.children === b.children
    : sameList(a.children, b.children);
}
