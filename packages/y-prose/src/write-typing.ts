import type { Node } from 'prosemirror-model';
import type { StepMap } from 'prosemirror-transform';
import type * as Y from 'yjs';
import type { IdRange } from './former.ts';
import { forgetSearchMarkers } from './items.ts';
import { formatsOf } from './kinds.ts';
import type { LiveBlock, LiveSequence } from './live.ts';
import { isWhole, type Placed } from './shape.ts';
import { childAt, startsOf } from './starts.ts';
import { Writer } from './writer.ts';

/** What one step inserted into the content of a textblock, or deleted from it. */
interface Typing {
  readonly block: LiveBlock;
  /** The textblock as it is now. */
  readonly node: Node;
  /** Within its content, in units: they go together with positions. */
  readonly offset: number;
  readonly deleted: number;
  readonly inserted: number;
}

/**
 * Writes what most changes are: text that was typed into a textblock, or deletions from one. Writes the same as comparing the
 * documents does, at the cost of the step.
 *
 * @param maps - of the steps between the document that the text shows and this one
 * @returns `false`: it is something else; nothing has been written
 */
export function writeTyping(
  live: LiveSequence,
  document: Node,
  maps: readonly StepMap[],
  transaction: Y.Transaction,
): boolean {
  const typing = typingIn(live, document, maps);
  if (typing === null) return false;
  const { block, node, offset, deleted, inserted } = typing;
  const writer = new Writer(live, transaction);
  if (deleted > 0) {
    for (const { length, ...id } of idsBetween(live, block, offset, offset + deleted)) {
      writer.delete(id, length);
      writer.tidy(writer.startingWith(id));
    }
  } else {
    const run = textAt(node, offset, inserted);
    if (run === null) return false;
    const before = offset === 0 ? block.marker?.id : idsBetween(live, block, offset - 1, offset)[0];
    if (before === undefined) return false;
    writer.insert(writer.endingWith(before, 1), [
      { inline: { text: run.text, formats: formatsOf(run.marks) }, within: node.type },
    ]);
  }
  forgetSearchMarkers(live.text);
  return true;
}

function typingIn(live: LiveSequence, document: Node, maps: readonly StepMap[]): Typing | null {
  const range = onlyRange(maps);
  if (range === null) return null;
  const { from, deleted, inserted } = range;
  // Of what is typed in the place of something else, some may be the same: that is for a comparison to find.
  if (deleted > 0 === inserted > 0) return null;
  const found = textblockAt(live.tree.root, document, from);
  if (found === null) return null;
  const { placed, node, start } = found;
  const { shows, node: old } = placed;
  const block = shows?.marker && isWhole(placed) ? live.of(shows.block) : undefined;
  if (!block?.marker) return null;
  const offset = from - start;
  const isInside = offset >= 0 && offset + deleted <= old.content.size;
  if (!isInside || node.content.size !== old.content.size - deleted + inserted) return null;
  if (halvesCharacter(old, offset) || halvesCharacter(old, offset + deleted)) return null;
  return { block, node, offset, deleted, inserted };
}

/** What a single step replaced; `null`: there were several, or it replaced nothing, or at several places. */
function onlyRange(maps: readonly StepMap[]): { from: number; deleted: number; inserted: number } | null {
  const [map, another] = maps;
  if (map === undefined || another !== undefined) return null;
  let range: ReturnType<typeof onlyRange> = null;
  let count = 0;
  map.forEach((from, to, nowFrom, nowTo) => {
    range = { from, deleted: to - from, inserted: nowTo - nowFrom };
    count++;
  });
  return count === 1 ? range : null;
}

/** The textblock around a position, before and now; `null`: there is none, or something else differs, too. */
function textblockAt(
  root: Placed,
  document: Node,
  position: number,
): { placed: Placed; node: Node; start: number } | null {
  let [placed, node, start] = [root, document, 0];
  while (placed.children !== null) {
    const index = childAt(placed, position - start);
    if (!placed.node.sameMarkup(node) || !sameBut(index, placed.node.children, node.children)) return null;
    const [child, nowChild] = [placed.children[index], node.children[index]];
    if (child === undefined || nowChild === undefined) return null;
    start += (startsOf(placed)[index] as number) + 1;
    [placed, node] = [child, nowChild];
  }
  return placed.node.isTextblock && placed.node.sameMarkup(node) ? { placed, node, start } : null;
}

function sameBut(except: number, nodes: readonly Node[], others: readonly Node[]): boolean {
  if (nodes.length !== others.length) return false;
  for (let index = 0; index < nodes.length; index++) {
    if (nodes[index] !== others[index] && index !== except) return false;
  }
  return true;
}

/** Whether a place is between the two halves of a character beyond U+FFFF. */
function halvesCharacter(textblock: Node, offset: number): boolean {
  const [from, to] = [Math.max(offset - 1, 0), Math.min(offset + 1, textblock.content.size)];
  return /[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(textblock.textBetween(from, to));
}

/** So much text with the same marks; `null`: something else is there. */
function textAt(textblock: Node, offset: number, length: number) {
  const { node, offset: start } = textblock.childAfter(offset);
  const text = node?.text?.slice(offset - start, offset - start + length);
  return node && text?.length === length ? { text, marks: node.marks } : null;
}

/** Where Yjs keeps a part of a block's content: in stretches of successive clocks. */
function idsBetween(live: LiveSequence, block: LiveBlock, from: number, to: number): IdRange[] {
  const found: IdRange[] = [];
  let offset = 0;
  for (const { client, clock, length } of live.idsOf(block)) {
    const [start, end] = [Math.max(from - offset, 0), Math.min(to - offset, length)];
    offset += length;
    if (start >= end) continue;
    const range = { client, clock: clock + start, length: end - start };
    const last = found.at(-1);
    if (last?.client === client && last.clock + last.length === range.clock) {
      found[found.length - 1] = { ...last, length: last.length + range.length };
    } else found.push(range);
    if (offset >= to) break;
  }
  return found;
}
