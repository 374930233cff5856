import type { NodeType } from 'prosemirror-model';
import * as Y from 'yjs';
import { firstMarker } from './first-marker.ts';
import type { IdRange } from './former.ts';
import { atomContent, type Gap, insertItem, markerContent, switchFormats } from './items.ts';
import { formatsOf, marksFrom } from './kinds.ts';
import type { LiveSequence } from './live.ts';
import { openFormats } from './read-blocks.ts';
import { type Inline, isText } from './sequence.ts';
import type { StoredKind } from './storage.ts';
import { NONE, sameValue, type Value, type Values, withValue } from './values.ts';

/** Something to insert: a block's beginning, or content for a textblock of the given type. */
export type Insertion =
  | { readonly begins: StoredKind }
  | { readonly inline: Inline; readonly within: NodeType };

/** Where Yjs keeps a unit. */
export interface Id {
  readonly client: number;
  readonly clock: number;
}

/**
 * Changes a text, within one transaction, at places that are given by what is there. Costs follow the blocks around the
 * place, not the text.
 */
export class Writer {
  readonly #live: LiveSequence;
  readonly #transaction: Y.Transaction;
  /** Of everything that was inserted, in order. */
  readonly inserted: IdRange[] = [];
  /** The formatting open at markers over which formatting was changed. */
  readonly #opens = new Map<Y.Item, Values>();

  constructor(live: LiveSequence, transaction: Y.Transaction) {
    this.#live = live;
    this.#transaction = transaction;
  }

  get #text(): Y.Text {
    return this.#live.text;
  }

  /** The item that ends with a unit. */
  endingWith({ client, clock }: Id, length: number): Y.Item {
    const id = Y.createID(client, clock + length - 1);
    return Y.getItemCleanEnd(this.#transaction, this.#transaction.doc.store, id) as Y.Item;
  }

  /** The item that starts with a unit. */
  startingWith({ client, clock }: Id): Y.Item {
    return Y.getItemCleanStart(this.#transaction, Y.createID(client, clock));
  }

  /**
   * Inserts behind an item, `null`: at the start.
   *
   * @returns the last item that was inserted
   */
  insert(after: Y.Item | null, insertions: readonly Insertion[]): Y.Item | null {
    const [first] = insertions;
    if (first === undefined) return after;
    // A block that is shown as it was before somebody gave it its marker still begins behind that.
    const behind = after ?? ('inline' in first ? firstMarker(this.#text) : null);
    const place = this.#placeFor(behind, first);
    let { gap } = place;
    let current = place.open;
    let last = after;
    for (const insertion of insertions) {
      let content: Y.Item['content'];
      if ('begins' in insertion) content = markerContent(insertion.begins);
      else {
        const { inline, within } = insertion;
        const wanted = withHidden(inline.formats, place.open, within);
        gap = switchFormats(this.#transaction, this.#text, gap, current, wanted);
        current = wanted;
        content = isText(inline) ? new Y.ContentString(inline.text.toWellFormed()) : atomContent(inline);
      }
      last = insertItem(this.#transaction, this.#text, gap, content);
      this.inserted.push({ client: last.id.client, clock: last.id.clock, length: last.length });
      gap = { left: last, right: gap.right };
    }
    switchFormats(this.#transaction, this.#text, gap, current, place.open);
    return last;
  }

  /** Deletes what was inserted with successive clocks. */
  delete({ client, clock }: Id, length: number): void {
    const end = clock + length;
    for (let at = clock; at < end; ) {
      const item = this.startingWith({ client, clock: at });
      if (item.id.clock + item.length > end) this.startingWith({ client, clock: end });
      item.delete(this.#transaction);
      at += item.length;
    }
  }

  /** Gives everything from one item to another the same value of a format; `undefined`: none. */
  format(from: Y.Item, to: Y.Item, key: string, value: Value): void {
    let restore = this.#openAt(from.left)[key];
    if (!sameValue(restore, value)) {
      this.#insertFormat({ left: from.left, right: from }, key, value);
    }
    for (let item: Y.Item | null = from; item !== null; item = item.right) {
      if (item.content instanceof Y.ContentFormat && item.content.key === key && !item.deleted) {
        restore = item.content.value ?? undefined;
        item.delete(this.#transaction);
      }
      const block = item.deleted ? undefined : this.#live.at(item);
      if (block !== undefined) {
        this.#opens.set(item, withValue(this.#opens.get(item) ?? block.opens, key, value));
      }
      if (item === to) break;
    }
    if (!sameValue(restore, value)) this.#insertFormat({ left: to, right: to.right }, key, restore);
    this.tidy(from);
    this.tidy(to.right);
  }

  /** Deletes formatting around an item that formats nothing: between what is there left and right of it. */
  tidy(around: Y.Item | null): void {
    let left = around === null ? null : around.left;
    while (left !== null && (left.deleted || !left.countable)) left = left.left;
    const formats: { item: Y.Item; content: Y.ContentFormat }[] = [];
    let item = left === null ? this.#text._start : left.right;
    for (; item !== null && (item.deleted || !item.countable); item = item.right) {
      if (!item.deleted && item.content instanceof Y.ContentFormat) {
        formats.push({ item, content: item.content });
      }
    }
    if (formats.length === 0) return;
    const open = this.#openAt(left);
    const settled = new Set<string>();
    for (const { item: format, content } of formats.reverse()) {
      const isLast = !settled.has(content.key);
      settled.add(content.key);
      if (!isLast || sameValue(open[content.key] ?? null, content.value)) format.delete(this.#transaction);
    }
  }

  /** The formatting that is open behind an item. */
  #openAt(item: Y.Item | null): Values {
    let marker = item;
    while (marker !== null && (marker.deleted || this.#live.at(marker) === undefined)) marker = marker.left;
    let open = NONE;
    if (marker !== null) open = this.#opens.get(marker) ?? this.#live.at(marker)?.opens ?? NONE;
    let at = marker === null ? this.#text._start : marker.right;
    if (marker === item) return open;
    for (; at !== null; at = at.right) {
      if (!at.deleted && at.content instanceof Y.ContentFormat) open = openFormats(open, at.content);
      if (at === item) break;
    }
    return open;
  }

  /** Of the places behind an item that look the same the one that needs the least formatting. */
  #placeFor(after: Y.Item | null, insertion: Insertion): { gap: Gap; open: Values } {
    const cost = (open: Values) => {
      if ('begins' in insertion) return Object.keys(open).length;
      return differences(open, withHidden(insertion.inline.formats, open, insertion.within));
    };
    let open = this.#openAt(after);
    let right = after === null ? this.#text._start : after.right;
    let best = { gap: { left: after, right }, open };
    let least = cost(open);
    for (let at = right; least > 0 && at !== null && (at.deleted || !at.countable); at = right) {
      right = at.right;
      if (at.deleted || !(at.content instanceof Y.ContentFormat)) continue;
      open = openFormats(open, at.content);
      if (cost(open) < least) {
        least = cost(open);
        best = { gap: { left: at, right }, open };
      }
    }
    return best;
  }

  #insertFormat(gap: Gap, key: string, value: Value): void {
    insertItem(this.#transaction, this.#text, gap, new Y.ContentFormat(key, (value ?? null) as object));
  }
}

function differences(a: Values, b: Values): number {
  if (a === b) return 0;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(key => !sameValue(a[key], b[key]))
    .length;
}

/** Formatting that the schema does not show goes on through what is inserted into it. */
function withHidden(formats: Values, open: Values, within: NodeType): Values {
  if (open === NONE) return formats;
  const shown = formatsOf(marksFrom(open, within));
  const hidden = Object.entries(open).filter(([key]) => !Object.hasOwn(shown, key));
  return hidden.length === 0 ? formats : { ...Object.fromEntries(hidden), ...formats };
}
