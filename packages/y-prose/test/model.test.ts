import fc from 'fast-check';
import type { Schema } from 'prosemirror-model';
import { EditorState } from 'prosemirror-state';
import { fixTables } from 'prosemirror-tables';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  readDocument,
  type Sequence,
  toSequence,
  toTree,
  updateDocument,
  writeSequence,
} from '../src/index.ts';
import { documents, gridDocuments, withOrderedMarks } from './documents.ts';
import { runs, timeout } from './effort.ts';
import { textOf } from './ledger.ts';
import { Letters } from './letters.ts';
import { expectSame, ROOT } from './same.ts';
import { schema, schemaWithUnknown } from './schema.ts';
import { brokenTables, sequences } from './sequences.ts';

describe('a document and its sequence', () => {
  const anyDocument = fc.oneof(documents, gridDocuments).map(withOrderedMarks);

  test('every document comes back from its sequence as it was', timeout, () => {
    fc.assert(
      fc.property(anyDocument, doc => {
        expectSame(withOrderedMarks(toTree(toSequence(doc), schema)), doc, 'there and back');
      }),
      runs(3_000),
    );
  });

  test('every document comes back from a Y.Text as it was', timeout, () => {
    fc.assert(
      fc.property(anyDocument, doc => {
        const text = newText();
        writeSequence(text, toSequence(doc));
        expectSame(withOrderedMarks(readDocument(text, schema)), doc, 'written and read');
      }),
      runs(1_500),
    );
  });

  test('every document can be made into every other one', timeout, () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (first, second) => {
        const letters = new Letters();
        const text = newText();
        updateDocument(text, letters.renew(first));
        const other = letters.renew(second);
        updateDocument(text, other);
        expectSame(withOrderedMarks(readDocument(text, schema)), other, 'updated');
      }),
      runs(1_000),
    );
  });

  test('updating to what is there already writes nothing', timeout, () => {
    fc.assert(
      fc.property(anyDocument, doc => {
        const text = newText();
        updateDocument(text, doc);
        let updates = 0;
        text.doc?.on('update', () => updates++);
        updateDocument(text, readDocument(text, schema));
        expect(updates).toBe(0);
      }),
      runs(500),
    );
  });
});

describe.each([
  { name: 'a schema', schema },
  { name: 'a schema with places for the unknown', schema: schemaWithUnknown },
])('in $name, any sequence', ({ schema }) => {
  const shows = (sequence: Sequence) => showsEverything(sequence, schema);

  test('gives a valid document with all its text in order, which is its own sequence’s', timeout, () => {
    fc.assert(fc.property(sequences, shows), runs(3_000));
  });

  test('gives rectangular tables', timeout, () => {
    fc.assert(fc.property(brokenTables, shows), runs(2_000));
  });
});

function showsEverything(sequence: Sequence, schema: Schema): void {
  const doc = toTree(sequence, schema);
  doc.check();
  expect(textOf(doc)).toBe(writtenIn(sequence));
  expect(
    fixTables(EditorState.create({ doc }))?.steps,
    'what prosemirror-tables finds to mend',
  ).toBeUndefined();

  const reordered = { ...sequence, containers: new Map([...sequence.containers].reverse()) };
  expectSame(toTree(reordered, schema), doc, 'with containers in another order');
  expectSame(
    withOrderedMarks(toTree(toSequence(doc), schema)),
    withOrderedMarks(doc),
    'the document of the document’s sequence',
  );
}

function writtenIn({ blocks }: Sequence): string {
  return blocks
    .flatMap(({ content }) => content.map(inline => ('text' in inline ? inline.text : '')))
    .join('');
}

function newText(): Y.Text {
  return new Y.Doc().getText(ROOT);
}
