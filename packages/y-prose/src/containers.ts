import type { Schema } from 'prosemirror-model';
import { containerMarkup, type Markup } from './kinds.ts';
import type { Container, Sequence } from './sequence.ts';
import type { Values } from './values.ts';

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
    const known = this.#resolved.get(id);
    if (known !== undefined || this.#resolved.has(id)) return known;
    const entry = this.entries.get(id);
    let resolved: ResolvedContainer | null | undefined;
    if (entry !== undefined) {
      const parent = this.#breaksCycle(id) ? null : this.resolve(entry.in);
      const markup = containerMarkup(entry.type, entry.attributes, this.#schema);
      resolved =
        markup === null
          ? parent
          : { id, markup, marks: entry.marks, parent, depth: (parent?.depth ?? 0) + 1 };
    }
    this.#resolved.set(id, resolved);
    return resolved;
  }

  /** Whether the id is the smallest of a circle of containers that are in one another: there the circle is cut. */
  #breaksCycle(id: string): boolean {
    let smallest = id;
    const seen = new Set<string>();
    let at = this.entries.get(id)?.in;
    while (at !== undefined && at !== id) {
      if (seen.has(at)) return false;
      seen.add(at);
      if (at < smallest) smallest = at;
      at = this.entries.get(at)?.in;
    }
    return at === id && smallest === id;
  }
}
