import { DOCUMENT_ROOT } from '@cahier/protocol';
import fc from 'fast-check';
import * as Y from 'yjs';

/** What some clients do, one after the other. `sync` brings a client up to date with all the others. */
const step = fc.record({
  client: fc.nat(2),
  kind: fc.constantFrom('type', 'type', 'erase', 'paragraph', 'attribute', 'format', 'remove', 'sync'),
  at: fc.nat(50),
  text: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A short history of a document that up to three clients write. */
export const randomDocument = fc.array(step, { minLength: 1, maxLength: 30 });

/** The updates of such a history, each as its client would send it. */
export function updatesOf(steps: readonly Step[]): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const docs = [1, 2, 3].map(clientID => {
    const doc = new Y.Doc();
    doc.clientID = clientID * 1000;
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'sync') updates.push(update);
    });
    return doc;
  });
  for (const { client, kind, at, text } of [{ client: 0, kind: 'paragraph', at: 0, text: 'p' }, ...steps]) {
    const doc = docs[client] as Y.Doc;
    const root = doc.getXmlFragment(DOCUMENT_ROOT);
    const paragraphs = root.toArray().filter(node => node instanceof Y.XmlElement);
    const paragraph = paragraphs[at % Math.max(1, paragraphs.length)];
    const words = paragraph?.get(0);
    doc.transact(() => {
      if (kind === 'sync') {
        // Below, outside of the transaction.
      } else if (kind === 'paragraph' || !paragraph || !(words instanceof Y.XmlText)) {
        const fresh = new Y.XmlElement('paragraph');
        fresh.insert(0, [new Y.XmlText(text)]);
        root.insert(at % (root.length + 1), [fresh]);
      } else if (kind === 'type') {
        words.insert(at % (words.length + 1), text);
      } else if (kind === 'erase' && words.length > 0) {
        words.delete(at % words.length, 1);
      } else if (kind === 'attribute') {
        paragraph.setAttribute('align', text);
      } else if (kind === 'format' && words.length > 0) {
        words.format(at % words.length, 1, { bold: true });
      } else if (kind === 'remove') {
        root.delete(at % root.length, 1);
      }
    });
    if (kind === 'sync') {
      for (const other of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), 'sync');
    }
  }
  return updates;
}
