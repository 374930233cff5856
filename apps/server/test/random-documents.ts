import { DOCUMENT_ROOT } from '@cahier/protocol';
import fc from 'fast-check';
import * as Y from 'yjs';

/** What some clients do, one after the other. `sync` brings a client up to date with all the others. */
const step = fc.record({
  client: fc.nat(2),
  kind: fc.constantFrom('type', 'type', 'erase', 'block', 'atom', 'attribute', 'list', 'format', 'sync'),
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
  for (const { client, kind, at, text } of steps) {
    const doc = docs[client] as Y.Doc;
    if (kind !== 'sync') doc.transact(() => write(doc.getText(DOCUMENT_ROOT), kind, at, text));
    if (kind === 'sync') {
      for (const other of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), 'sync');
    }
  }
  return updates;
}

/** Does what the editor's binding does, in the shapes of `packages/y-prose`. */
function write(root: Y.Text, kind: Step['kind'], at: number, text: string): void {
  const place = at % (root.length + 1);
  const inside = at % Math.max(1, root.length);
  switch (kind) {
    case 'type':
      root.insert(place, text);
      break;
    case 'erase':
      if (root.length > 0) root.delete(inside, Math.min(2, root.length - inside));
      break;
    case 'block':
      root.insertEmbed(place, new Y.Map(at % 2 === 0 ? [] : [['type', 'heading']]));
      break;
    case 'atom':
      root.insertEmbed(place, { atom: 'hardBreak' });
      break;
    case 'attribute':
      markersOf(root)[at % 3]?.set(at % 2 === 0 ? '@level' : 'in', text);
      break;
    case 'list':
      root.setAttribute(`list${at % 3}`, { type: 'bulletList' });
      if (at % 2 === 0) root.setAttribute(`list${at % 3}.in`, [`list${at % 2}`]);
      break;
    case 'format':
      if (root.length > 0) root.format(inside, 1, { bold: at % 3 === 0 ? null : true });
      break;
  }
}

function markersOf(root: Y.Text): Y.Map<unknown>[] {
  return (root.toDelta() as { insert: unknown }[]).flatMap(({ insert }) =>
    insert instanceof Y.Map ? [insert] : [],
  );
}
