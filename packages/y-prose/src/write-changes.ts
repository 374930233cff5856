import type { Node } from 'prosemirror-model';
import type { StepMap } from 'prosemirror-transform';
import type * as Y from 'yjs';
import { Change } from './change.ts';
import { flattenNodes, flattenPlaced, Names } from './flatten.ts';
import type { Held } from './hold.ts';
import { changedValues } from './kind-changes.ts';
import { storedAttributes } from './kinds.ts';
import type { LiveSequence } from './live.ts';
import { matchUnits } from './match.ts';
import { patchTree } from './patch-tree.ts';
import { survivors } from './segments.ts';
import { type Block, inlineLength } from './sequence.ts';
import { ATTRIBUTE, propertyKey } from './storage.ts';
import { inlinesOf } from './to-sequence.ts';
import { changedWindow, type Window } from './window.ts';
import { writeFormats } from './write-formats.ts';
import { writeTyping } from './write-typing.ts';

/**
 * Writes what differs between the document that a text shows and another one, as little as possible.
 *
 * @param live - the text and the document it shows
 * @param document - what it shall show
 * @param maps - of the steps between the two; without them the difference is found by content
 * @param care - `least`: only what differs; `window`: around it also what the text shows only because the schema
 *   requires it; `all`: everywhere
 * @param spared - takes up what is out of sight around the change, as `client:clock`: should the change bring it into sight, a
 *   second look must not take it for something that was deleted
 */
export function writeChanges(
  live: LiveSequence,
  document: Node,
  maps: readonly StepMap[] | null,
  transaction: Y.Transaction,
  care: 'least' | 'window' | 'all' = 'least',
  spared: Set<string> = new Set(),
): void {
  if (care === 'least' && maps !== null && writeTyping(live, document, maps, transaction)) return;
  const { root } = live.tree;
  const window = changedWindow(root, document, care === 'all');
  const keptItsPlace = care === 'least' && maps?.every(isEmpty) === true;
  if (!keptItsPlace || !writeFormats(live, window, transaction)) {
    writeWindow(live, window, document, maps, transaction, care, spared);
  }
  for (const [name, value] of changedValues(
    storedAttributes(root.node.attrs, root.node.type),
    storedAttributes(document.attrs, document.type),
  )) {
    live.text.setAttribute(propertyKey('', ATTRIBUTE + name), value === undefined ? [] : [value]);
  }
}

/** Whether a step moved nothing. */
function isEmpty(map: StepMap): boolean {
  let empty = true;
  map.forEach(() => {
    empty = false;
  });
  return empty;
}

/** Whatever has changed. */
function writeWindow(
  live: LiveSequence,
  window: Window,
  document: Node,
  maps: readonly StepMap[] | null,
  transaction: Y.Transaction,
  care: 'least' | 'window' | 'all',
  spared: Set<string>,
): void {
  const { root } = live.tree;
  const thorough = care !== 'least';
  const names = new Names();
  const before = flattenPlaced(window.before, window.position, window.spot, names, live);
  const now = flattenNodes(window.now, window.position, window.nowSpot, names);
  const segments = maps === null ? [] : survivors(root.node.content.size, maps);
  for (const id of before.hidden) spared.add(id);
  // With care means for the second time: all the content has been written already.
  const match = matchUnits(before.units, now.units, segments, thorough);
  new Change({
    live,
    former: new Map(),
    root,
    transaction,
    thorough,
    window,
    before,
    now,
    match,
    segments,
    document,
    spared,
  }).write();
}

/**
 * Writes what was changed in an editor that does not show the latest text.
 *
 * @returns what the editor shows then, or `null` where more has changed than the content of one textblock
 */
export function writeHeld(
  live: LiveSequence,
  { root, former }: Held,
  document: Node,
  maps: readonly StepMap[] | null,
  transaction: Y.Transaction,
): Held | null {
  const window = changedWindow(root, document);
  const names = new Names();
  const before = flattenPlaced(window.before, window.position, window.spot, names, live, former);
  const now = flattenNodes(window.now, window.position, window.nowSpot, names);
  const segments = maps === null ? [] : survivors(root.node.content.size, maps);
  const match = matchUnits(before.units, now.units, segments);
  const change = new Change({
    live,
    former,
    root,
    transaction,
    thorough: false,
    window,
    before,
    now,
    match,
    segments,
    document,
    spared: before.hidden,
  });
  change.write();
  const [old, spot] = [before.blocks[0]?.placed, now.blocks[0]];
  const isContent = before.blocks.length === 1 && now.blocks.length === 1 && match.toBefore[0] === 0;
  const known = old?.shows ? (live.of(old.shows.block) ?? former.get(old.shows.block)) : undefined;
  if (!isContent || !old?.shows || spot === undefined || known === undefined) return null;
  // Text before the first marker has none; elsewhere a block without one is only a part of what its marker begins.
  if (!old.shows.marker && known.marker !== null) return null;
  const block: Block = { ...known.block, content: inlinesOf(spot.node) };
  const ids = change.idsNow();
  const shows = {
    ...old.shows,
    block,
    to: block.content.reduce((sum, part) => sum + inlineLength(part), 0),
    hidden: [],
  };
  const tree = patchTree({ root }, new Map([[old, { ...old, node: spot.node, shows }]]));
  return (
    tree && { root: tree.root, former: new Map(former).set(block, { marker: known.marker, block, ids }) }
  );
}
