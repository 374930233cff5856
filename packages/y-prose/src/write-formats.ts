import type { Node } from 'prosemirror-model';
import type * as Y from 'yjs';
import { FormatRanges } from './format-ranges.ts';
import type { IdRange } from './former.ts';
import { forgetSearchMarkers } from './items.ts';
import { changedValues } from './kind-changes.ts';
import { formatsOf } from './kinds.ts';
import type { LiveSequence } from './live.ts';
import { isWhole, type Placed } from './shape.ts';
import type { Window } from './window.ts';
import { type Id, Writer } from './writer.ts';

/**
 * Writes a change in which nothing but marks of text and inline nodes differs, at the cost of the stretches that have the
 * same marks: such a change often reaches over all of a document.
 *
 * @returns `false`: something else differs, too; nothing has been written
 */
export function writeFormats(live: LiveSequence, window: Window, transaction: Y.Transaction): boolean {
  const ranges = new FormatRanges<Id>();
  if (!collectAll(window.before, window.now, live, ranges)) return false;
  const writer = new Writer(live, transaction);
  for (const { from, to, key, value } of ranges.all) {
    writer.format(writer.startingWith(from), writer.endingWith(to, 1), key, value);
  }
  forgetSearchMarkers(live.text);
  return true;
}

function collectAll(
  before: readonly Placed[],
  now: readonly Node[],
  live: LiveSequence,
  ranges: FormatRanges<Id>,
): boolean {
  return (
    before.length === now.length &&
    before.every((placed, index) => {
      const node = now[index] as Node;
      // What has not changed is looked at as well: formatting must not go on through it.
      if (placed.node.isTextblock && placed.node.content.size > 0) return collect(placed, node, live, ranges);
      if (placed.children === null) return placed.node.eq(node);
      return placed.node.sameMarkup(node) && collectAll(placed.children, node.children, live, ranges);
    })
  );
}

/** Of one textblock. */
function collect(placed: Placed, now: Node, live: LiveSequence, ranges: FormatRanges<Id>): boolean {
  const { node, shows } = placed;
  const block = shows?.marker && isWhole(placed) ? live.of(shows.block) : undefined;
  if (block === undefined || !node.sameMarkup(now) || node.content.size !== now.content.size) return false;
  const idAt = locator(live.idsOf(block));
  let [index, start] = [0, 0];
  let [nowIndex, nowStart] = [0, 0];
  for (let at = 0; at < node.content.size; ) {
    const [old, fresh] = [node.child(index), now.child(nowIndex)];
    const [oldEnd, freshEnd] = [start + old.nodeSize, nowStart + fresh.nodeSize];
    const [from, end] = [at, Math.min(oldEnd, freshEnd)];
    const isSame = old.isText
      ? old.text?.slice(from - start, end - start) === fresh.text?.slice(from - nowStart, end - nowStart)
      : old.nodeSize === 1 && fresh.hasMarkup(old.type, old.attrs, fresh.marks);
    if (!isSame) return false;
    const wanted = formatsOf(fresh.marks);
    const changes = old.marks === fresh.marks ? [] : changedValues(formatsOf(old.marks), wanted);
    ranges.next(() => [idAt(from), idAt(end - 1)], wanted, changes);
    if (end === oldEnd) [index, start] = [index + 1, end];
    if (end === freshEnd) [nowIndex, nowStart] = [nowIndex + 1, end];
    at = end;
  }
  return true;
}

/** Finds where Yjs keeps units of a block, which have to be asked for in their order. */
function locator(ids: Iterator<IdRange>): (unit: number) => Id {
  let start = 0;
  let current = ids.next();
  return unit => {
    while (!current.done && unit >= start + current.value.length) {
      start += current.value.length;
      current = ids.next();
    }
    if (current.done) throw new RangeError('A block shows more than it has');
    return { client: current.value.client, clock: current.value.clock + unit - start };
  };
}
