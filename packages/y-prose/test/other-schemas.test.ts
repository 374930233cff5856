import { type Node, Schema } from 'prosemirror-model';
import { Plugin, type Transaction } from 'prosemirror-state';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  type BoundState,
  bindState,
  fromRelativePosition,
  readDocument,
  toRelativePosition,
} from '../src/index.ts';
import { ROOT } from './same.ts';

// What random runs in schemas that are not the tests' own have found.

const schema = new Schema({
  nodes: {
    doc: { content: 'block+', attrs: { language: { default: 'en' }, theme: { default: null } } },
    paragraph: { group: 'block', content: 'inline*' },
    row: { group: 'block', content: 'cell cell' },
    cell: { content: 'paragraph+', attrs: { color: { default: null } } },
    text: { group: 'inline' },
    formula: { group: 'inline', inline: true, attrs: { latex: { default: '' } } },
    note: { group: 'inline', inline: true, content: 'inline*' },
  },
});
const paragraph = (...content: Node[]) => schema.node('paragraph', null, content);
const note = (...content: Node[]) => schema.node('note', null, content);
const words = (text: string) => schema.text(text);

const editors: BoundState[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

/** Two people with the same document. */
function open(...blocks: Node[]) {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  const meet = () => {
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine, Y.encodeStateVector(theirs)));
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs, Y.encodeStateVector(mine)));
  };
  const remote: Transaction[] = [];
  const watch = new Plugin({
    appendTransaction: transactions => {
      remote.push(...transactions);
      return null;
    },
  });
  const writer = bindState(mine.getText(ROOT), { schema });
  const reader = bindState(theirs.getText(ROOT), { schema, plugins: [watch] });
  editors.push(writer, reader);
  /** The first person writes something. @returns what the editor of the second dispatched */
  const write = (change: (transaction: Transaction) => Transaction) => {
    remote.length = 0;
    const transaction = change(writer.state.tr);
    writer.dispatch(transaction);
    meet();
    for (const doc of [writer.state.doc, reader.state.doc, readDocument(theirs.getText(ROOT), schema)]) {
      expect(doc.toJSON()).toEqual(transaction.doc.toJSON());
    }
    return [...remote];
  };
  write(tr => tr.replaceWith(0, tr.doc.content.size, blocks));
  return { writer, reader, write, meet };
}

test('attributes of the document itself reach others, alone and with everything else', () => {
  const { write } = open(paragraph(words('Hello')));
  write(tr => tr.setDocAttribute('language', 'de'));
  write(tr =>
    tr.setDocAttribute('language', 'fr').setDocAttribute('theme', { dark: true }).insertText('!', 6),
  );
  write(tr => tr.setDocAttribute('theme', null));
});

describe('an inline node with content', () => {
  test('reaches others with whatever is typed in and beside it', () => {
    const { writer, write } = open(
      paragraph(words('ab'), note(words('x'), note(words('y'))), words('cd')),
      paragraph(note()),
    );
    const { doc } = writer.state;
    for (let place = doc.content.size; place > 0; place--) {
      if (doc.resolve(place).parent.inlineContent) write(tr => tr.insertText('-', place));
    }
    expect(writer.state.doc.textContent).toBe('-a-b--x--y---c-d----');
  });

  test('is one thing for anchors behind it and for the map of what others do', () => {
    const { writer, reader, write } = open(paragraph(words('ab'), note(words('xyz'))));
    const end = writer.state.doc.content.size - 1;
    const anchor = toRelativePosition(writer.state, end, -1);
    if (anchor === null) throw new Error('There is no position');
    expect(fromRelativePosition(writer.state, anchor)).toBe(end);
    const [inFront] = write(tr => tr.insertText('-', 2));
    expect(inFront?.mapping.map(end)).toBe(end + 1);
    // Within it nobody can tell what came through; in front of it and behind it everything did.
    const [within] = write(tr => tr.insertText('-', 5));
    expect([1, 4, end + 1].map(position => within?.mapping.map(position))).toEqual([1, 4, end + 2]);
    expect(fromRelativePosition(reader.state, anchor)).toBe(end + 2);
  });
});

describe('an inline node that has no attributes yet', () => {
  test('is given some by two people at once, and is still one', () => {
    const { writer, reader, meet } = open(paragraph(schema.node('formula')));
    writer.dispatch(writer.state.tr.setNodeAttribute(1, 'latex', 'x'));
    reader.dispatch(reader.state.tr.setNodeAttribute(1, 'latex', 'y'));
    meet();
    const { content } = writer.state.doc.child(0);
    expect(content.childCount).toBe(1);
    expect(['x', 'y']).toContain(content.child(0).attrs.latex);
    expect(reader.state.doc.eq(writer.state.doc)).toBe(true);
  });

  test('is made anew where it was stored as one that never has any', () => {
    const text = new Y.Doc().getText(ROOT);
    text.insertEmbed(0, { atom: 'note' });
    text.insertEmbed(0, { atom: 'formula' });
    const editor = bindState(text, { schema });
    editors.push(editor);
    editor.dispatch(editor.state.tr.insertText('x', 3).setNodeAttribute(1, 'latex', 'x'));
    const wanted = paragraph(schema.node('formula', { latex: 'x' }), note(words('x')));
    expect(readDocument(text, schema).toJSON()).toEqual(schema.node('doc', null, wanted).toJSON());
  });
});
