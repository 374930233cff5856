import type { Schema } from 'prosemirror-model';
import { containerMarkup, type Markup } from './kinds.ts';
import type { Container, Sequence } from './sequence.ts';
import type { Values } from './values.ts';

/** What is nested deeper is shown, but not as deep: a document has to fit onto the stack of whoever walks it. */
const MAX_DEPTH = 200;

/** A container and the containers around it, as a schema shows them. */
export interface ResolvedContainer {
  readonly id: string;
  readonly markup: Markup;
  readonly marks: Values;
  /** `undefined`: its parent is not known. */
  readonly parent: ResolvedContainer | null | undefined;
  readonly depth: number;
}

/** The containers of a sequence, with what the schema makes of them. */
export class Containers {
  readonly attributes: Values;
  readonly entries: ReadonlyMap<string, Container>;
  readonly #schema: Schema;
  readonly #resolved = new Map<string, ResolvedContainer | null | undefined>();

  constructor({ attributes, containers }: Pick<Sequence, 'attributes' | 'containers'>, schema: Schema) {
    this.attributes = attributes;
    this.entries = containers;
    this.#schema = schema;
  }

  /**
   * The container that is shown for an id. One that the schema does not know is passed over for the one around it.
   *
   * @returns `null` for the top level, `undefined` when there is no such container
   */
  resolve(id: string | undefined): ResolvedContainer | null | undefined {
    if (id === undefined) return null;
    // From here outwards, without recursion: what somebody made may be deep.
    const path: string[] = [];
    const seen = new Map<string, number>();
    let at: string | undefined = id;
    while (at !== undefined && !this.#resolved.has(at) && this.entries.has(at)) {
      const before = seen.get(at);
      if (before !== undefined) {
        // Containers that are in one another: the circle is cut at the smallest id, the same for everybody.
        const cut = path.slice(before).reduce((least, other) => (other < least ? other : least));
        this.#resolved.set(cut, this.#shown(cut, null));
        return this.resolve(id);
      }
      seen.set(at, path.length);
      path.push(at);
      at = this.entries.get(at)?.in;
    }
    let resolved = at === undefined ? null : this.#resolved.get(at);
    for (const inner of path.reverse()) {
      resolved = this.#shown(inner, resolved);
      this.#resolved.set(inner, resolved);
    }
    return resolved;
  }

  #shown(id: string, parent: ResolvedContainer | null | undefined): ResolvedContainer | null | undefined {
    const entry = this.entries.get(id) as Container;
    const depth = (parent?.depth ?? 0) + 1;
    const markup = containerMarkup(entry.type, entry.attributes, this.#schema);
    return markup === null || depth > MAX_DEPTH ? parent : { id, markup, marks: entry.marks, parent, depth };
  }
}
