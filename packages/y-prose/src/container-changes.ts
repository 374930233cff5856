import type { Item } from 'yjs';
import { type Assigned, randomId } from './assign.ts';
import type { Spot } from './flatten.ts';
import { kindChanges } from './kind-changes.ts';
import { containerMarkup, formatsOf, kindOf, marksFrom, type NodeKind, storedAttributes } from './kinds.ts';
import type { LiveSequence } from './live.ts';
import type { Container } from './sequence.ts';
import { containerEntry, IN, propertyKey } from './storage.ts';
import type { Value } from './values.ts';

/** What a change does to containers, which lie in the attributes of the text. */
export class ContainerChanges {
  readonly #live: LiveSequence;
  readonly #now: readonly Spot[];
  readonly #assigned: Map<Spot, Assigned>;
  readonly #thorough: boolean;
  readonly #ensured = new Set<Spot>();

  /**
   * @param now - the containers in and around the change
   * @param assigned - which they were before
   * @param thorough - whether also what the schema asked for is written out
   */
  constructor(live: LiveSequence, now: readonly Spot[], assigned: Map<Spot, Assigned>, thorough: boolean) {
    this.#live = live;
    this.#now = now;
    this.#assigned = assigned;
    this.#thorough = thorough;
    if (thorough) this.#separate();
  }

  /** Writes those that have changed. */
  write(): void {
    for (const spot of this.#now) {
      const { id, before } = this.#assigned.get(spot) as Assigned;
      const changed =
        before === null ||
        this.parentId(spot) !== parentIdBefore(before) ||
        !spot.node.hasMarkup(before.node.type, before.node.attrs, before.node.marks);
      if (this.#thorough || (changed && (before !== null || this.#live.containers.entries.has(id))))
        this.ensure(spot);
    }
  }

  /** Sees to it that a container is in the text as it is in the document. */
  ensure(spot: Spot): void {
    if (this.#ensured.has(spot)) return;
    this.#ensured.add(spot);
    const live = this.#live;
    const { id, before } = this.#assigned.get(spot) as Assigned;
    const parent = this.parentId(spot);
    const { type = spot.node.type.name, attributes, marks } = kindOf(spot.node);
    const entry = live.containers.entries.get(id);
    const write = (property: string, value: Value) =>
      live.text.setAttribute(propertyKey(id, property), value === undefined ? [] : [value]);
    if (entry === undefined) {
      const kind = { type, attributes, marks, ...(parent === undefined ? {} : { in: parent }) };
      live.text.setAttribute(id, containerEntry(kind));
      if (spot.parent !== null) this.ensure(spot.parent);
      return;
    }
    const parentBefore = before === null || this.#thorough ? entry.in : parentIdBefore(before);
    if (parent !== parentBefore) {
      write(IN, parent);
      if (spot.parent !== null) this.ensure(spot.parent);
    }
    const old = before === null ? entry : this.#thorough ? this.#shown(entry, spot) : kindOf(before.node);
    for (const [key, value] of kindChanges(
      { ...old, type: old.type ?? '' },
      { type, attributes, marks },
      entry,
    )) {
      write(key, value);
    }
  }

  /**
   * What the schema shows of an entry. What was there before may have been something that the schema asked for, under the id of
   * a container that nobody sees any more.
   */
  #shown(entry: Container, { parent, node }: Spot): NodeKind {
    const { schema } = node.type;
    const markup = containerMarkup(entry.type, entry.attributes, schema);
    if (markup === null) return entry;
    const around = parent?.node.type ?? schema.topNodeType;
    return {
      type: entry.type,
      attributes: storedAttributes(markup.attrs, markup.type),
      marks: formatsOf(marksFrom(entry.marks, around)),
    };
  }

  /** Id of the container that a node is in; `undefined`: directly in the document. */
  parentId(spot: Spot): string | undefined {
    return spot.parent === null ? undefined : this.#assigned.get(spot.parent)?.id;
  }

  /**
   * Markers to delete: a container that was empty had one of its own, which gives way to its content.
   *
   * @param before - the containers in the change, as they were
   */
  *emptied(before: readonly Spot[]): Generator<Item> {
    const now = new Map([...this.#assigned].map(([spot, { before: old }]) => [old, spot]));
    for (const spot of before) {
      const shows = spot.placed?.shows;
      const marker = shows?.marker ? this.#live.of(shows.block)?.marker : null;
      const successor = now.get(spot);
      if (marker && (successor === undefined || this.#ensured.has(successor))) yield marker;
    }
  }

  /** No two containers that are apart may have the same id. */
  #separate(): void {
    const seen = new Set<string>();
    for (const [spot, { id }] of this.#assigned) {
      if (seen.has(id)) this.#assigned.set(spot, { id: randomId(), before: null });
      seen.add(id);
    }
  }
}

/** The same, before the change. */
export const parentIdBefore = (spot: Spot): string | undefined => spot.parent?.placed?.id;
