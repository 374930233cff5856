import * as Y from 'yjs';
import {
  atomContent,
  forgetSearchMarkers,
  type Gap,
  insertItem,
  markerContent,
  switchFormats,
} from './items.ts';
import { isText, type Sequence } from './sequence.ts';
import { ATTRIBUTE, containerEntry, propertyKey } from './storage.ts';
import { NONE, sameValue, type Values } from './values.ts';

/**
 * Writes a sequence into an empty text, in one transaction. Blocks get new ids.
 *
 * @throws RangeError when there is something in the text: use `updateDocument` to change it
 */
export function writeSequence(text: Y.Text, sequence: Sequence): void {
  const { doc } = text;
  if (doc === null) throw new RangeError('The text belongs to no Y.Doc');
  if (text.length > 0) throw new RangeError('The text is not empty');
  doc.transact(transaction => {
    for (const [name, value] of Object.entries(sequence.attributes)) {
      text.setAttribute(propertyKey('', ATTRIBUTE + name), [value]);
    }
    for (const [id, container] of sequence.containers) text.setAttribute(id, containerEntry(container));
    let gap: Gap = { left: null, right: text._start };
    let open: Values = NONE;
    const write = (content: Y.Item['content']) => {
      gap = { left: insertItem(transaction, text, gap, content), right: gap.right };
    };
    const switchTo = (formats: Values) => {
      gap = switchFormats(transaction, text, gap, open, formats);
      open = formats;
    };
    for (const { id, content, ...kind } of sequence.blocks) {
      // What ends with a block ends before the next marker, so that whoever writes on there need not end it again.
      if (open !== NONE) switchTo(common(open, content[0]?.formats ?? NONE));
      if (id !== '') write(markerContent(kind));
      for (const inline of content) {
        switchTo(inline.formats);
        write(isText(inline) ? new Y.ContentString(inline.text.toWellFormed()) : atomContent(inline));
      }
    }
    switchTo(NONE);
    forgetSearchMarkers(text);
  });
}

function common(open: Values, wanted: Values): Values {
  const kept = Object.entries(open).filter(([key, value]) => sameValue(value, wanted[key]));
  return kept.length === 0 ? NONE : Object.fromEntries(kept);
}
