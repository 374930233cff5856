import type { Node } from 'prosemirror-model';
import type { Spot, Units } from './flatten.ts';
import { atomOf, formatsOf } from './kinds.ts';
import type { Inline } from './sequence.ts';
import type { Insertion } from './writer.ts';

/**
 * The insertion of a unit of content. A character of the same text node as the last one that is pending takes that one's place,
 * together with it.
 */
export function inlineInsertion(units: Units, index: number, pending: Insertion[]): Insertion {
  const node = units.node[index] as Node;
  const within = (units.block[index] as Spot).node.type;
  const last = pending.at(-1);
  if (!node.isText) {
    return { within, inline: { ...atomOf(node), formats: formatsOf(node.marks) } };
  }
  const text = String.fromCodePoint(units.key[index] as number);
  if (last !== undefined && 'inline' in last && 'text' in last.inline && units.node[index - 1] === node) {
    pending.pop();
    return {
      within,
      inline: { text: last.inline.text + text, formats: last.inline.formats } satisfies Inline,
    };
  }
  return { within, inline: { text, formats: formatsOf(node.marks) } };
}
