import { Fragment, type Node, Slice } from 'prosemirror-model';
import { DocAttrStep, type Step } from 'prosemirror-transform';
import { changedRanges } from './align.ts';
import { AlignedStep, KnownStep, type Outcome } from './aligned-step.ts';
import { equalEnds } from './equal-ends.ts';
import type { Origins } from './live.ts';
import type { Placed } from './shape.ts';
import { startsOf } from './starts.ts';
import { sameValue } from './values.ts';

/** The steps that turn the document of one tree into that of another: one, unless attributes of the document itself differ. */
export function changeSteps(before: Placed, now: Placed, origins: Origins): Step[] {
  const step = contentStep(before, now, origins);
  return [...(step === null ? [] : [step]), ...attributeSteps(before.node, now.node)];
}

/** No step that replaces content reaches the document's own attributes. */
function attributeSteps(before: Node, now: Node): Step[] {
  if (before.attrs === now.attrs) return [];
  return Object.keys(now.attrs)
    .filter(name => !sameValue(before.attrs[name], now.attrs[name]))
    .map(name => new DocAttrStep(name, now.attrs[name]));
}

/**
 * The step that turns the content of one tree's document into that of another; `null`: it is the same.
 *
 * Plain replacement where that says everything, else an {@link AlignedStep}.
 */
function contentStep(before: Placed, now: Placed, origins: Origins): Step | null {
  let outcome: Outcome | null = { before: before.node, now: now.node };
  let [old, fresh] = [before, now];
  let start = 0;
  for (;;) {
    const [children, nowChildren] = [old.children ?? [], fresh.children ?? []];
    const { first, last, identical } = equalEnds(old.node.children, fresh.node.children);
    // What is around the change stays what the editor has, also where the tree has something equal in its place.
    if (!identical || !old.node.sameMarkup(fresh.node)) outcome = null;
    const [end, nowEnd] = [children.length - last, nowChildren.length - last];
    if (first === end && first === nowEnd) return null;
    const starts = startsOf(old);
    const position = start + (starts[first] as number);
    const list = children.slice(first, end);
    const nowList = nowChildren.slice(first, nowEnd);
    const [only, nowOnly] = [list[0], nowList[0]];
    if (only !== undefined && nowOnly !== undefined && list.length === 1 && nowList.length === 1) {
      if (only.node.sameMarkup(nowOnly.node) && (only.id === nowOnly.id || isUnplaced(only))) {
        if (only.node.isTextblock) return textStep(only, nowOnly, position, origins, outcome);
        if (only.children?.length && nowOnly.children?.length) {
          [old, fresh] = [only, nowOnly];
          start = position + 1;
          continue;
        }
      }
    }
    const size = (starts[end] as number) - (starts[first] as number);
    const slice = new Slice(Fragment.from(nowList.map(placed => placed.node)), 0, 0);
    const ranges = changedRanges(list, nowList, position, origins);
    return new AlignedStep(position, position + size, slice, ranges, outcome);
  }
}

/** Of a document that was not made from the text: nothing is known of it but what it looks like. */
const isUnplaced = ({ id, shows }: Placed) => id === '' && shows === null;

/** Within one textblock. */
function textStep(
  before: Placed,
  now: Placed,
  position: number,
  origins: Origins,
  outcome: Outcome | null,
): Step | null {
  const ranges = isUnplaced(before) ? [] : changedRanges([before], [now], position, origins);
  const [old, fresh] = [before.node.content, now.node.content];
  const inside = position + 1;
  let from = old.findDiffStart(fresh);
  if (from === null) return null;
  const end = old.findDiffEnd(fresh);
  let [to, nowTo] = [end?.a ?? old.size, end?.b ?? fresh.size];
  // The two searches may overlap where something repeats.
  const overlap = from - Math.min(to, nowTo);
  if (overlap > 0) {
    to += overlap;
    nowTo += overlap;
  }
  if (ranges.length > 0) {
    const [start = 0] = ranges;
    const [last = 0, size = 0, nowSize = 0] = ranges.slice(-3);
    let shift = 0;
    for (let index = 0; index < ranges.length - 3; index += 3) {
      shift += (ranges[index + 2] ?? 0) - (ranges[index + 1] ?? 0);
    }
    from = Math.min(from, start - inside);
    to = Math.max(to, last + size - inside);
    nowTo = Math.max(nowTo, last + shift + nowSize - inside);
  }
  from = Math.min(edgeOf(old, from, 'start'), edgeOf(fresh, from, 'start'));
  // Behind the later end both are the same.
  const behind = Math.min(old.size - edgeOf(old, to, 'end'), fresh.size - edgeOf(fresh, nowTo, 'end'));
  to = old.size - behind;
  nowTo = fresh.size - behind;
  const slice = new Slice(fresh.cut(from, nowTo), 0, 0);
  const isPlain =
    isUnplaced(before) || (ranges.length === 3 && ranges[0] === from + inside && ranges[1] === to - from);
  return isPlain
    ? new KnownStep(from + inside, to + inside, slice, outcome)
    : new AlignedStep(from + inside, to + inside, slice, ranges, outcome);
}

/** Where an inline node with content begins or ends that an offset is in; of any other offset itself. Such a node is one value. */
function edgeOf({ content }: Fragment, offset: number, side: 'start' | 'end'): number {
  let start = 0;
  for (const node of content) {
    const end = start + node.nodeSize;
    if (offset < end) return node.isText || offset === start ? offset : side === 'start' ? start : end;
    start = end;
  }
  return offset;
}
