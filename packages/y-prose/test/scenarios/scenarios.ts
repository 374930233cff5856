import type { Node } from 'prosemirror-model';
import {
  type Act,
  addColumn,
  addRow,
  changeKind,
  deleteBlock,
  erase,
  format,
  indent,
  inTurn,
  joinNextTo,
  joinToPrevious,
  markBlock,
  mergeCells,
  moveBlock,
  outdent,
  pasteOver,
  removeColumn,
  removeRow,
  replaceDocument,
  setAttribute,
  splitBefore,
  splitItemBefore,
  turnInto,
  typeAfter,
  typeBefore,
  unwrap,
  wrapAllInQuote,
  wrapInBullets,
  wrapInNumbers,
  wrapInQuote,
  wrapNodeInQuote,
} from './acts.ts';
import { code, doc, h, li, marked, ol, p, quote, table, td, tr, ul } from './build.ts';

/** Two people do something to the same place before either has seen what the other did. */
export interface Scenario {
  readonly title: string;
  readonly start: Node;
  readonly first: Act;
  readonly second: Act;
}

const brave = typeBefore('world', 'brave ');
const hello = doc(p('Before'), p('Hello world'), p('After'));
const list = doc(ul(li(p('Before')), li(p('Hello world')), li(p('After'))));
const grid = doc(
  table(tr(td(p('a1')), td(p('a2'))), tr(td(p('Hello world')), td(p('b2'))), tr(td(p('c1')), td(p('c2')))),
);

/** Somebody types “brave ” into “Hello world” while somebody else does this to it. */
const whileTyping = (title: string, start: Node, second: Act): Scenario => ({
  title: `typing while another ${title}`,
  start,
  first: brave,
  second,
});

export const scenarios: readonly Scenario[] = [
  whileTyping('joins the block to the one before', hello, joinToPrevious('Hello')),
  whileTyping('joins the block after to it', hello, joinNextTo('world')),
  whileTyping('splits it before that place', hello, splitBefore('llo world')),
  whileTyping('splits it at that place', hello, splitBefore('world')),
  whileTyping('splits it after that place', hello, splitBefore('ld')),
  whileTyping('turns it into a heading', hello, turnInto('Hello', 'heading', { level: 2 })),
  whileTyping('turns it into a code block', hello, turnInto('Hello', 'codeBlock')),
  whileTyping('turns the heading into a paragraph', doc(h(2, 'Hello world')), turnInto('Hello', 'paragraph')),
  whileTyping('wraps it in a list', hello, wrapInBullets('Hello')),
  whileTyping('wraps it and its neighbours in a list', hello, wrapInBullets('Before', 'After')),
  whileTyping('wraps it in a quote', hello, wrapInQuote('Hello')),
  whileTyping(
    'takes it out of a quote',
    doc(quote(p('Before'), p('Hello world'), p('After'))),
    unwrap('Hello'),
  ),
  whileTyping('takes it out of a list', list, outdent('Hello')),
  whileTyping('indents the item', list, indent('Hello')),
  whileTyping(
    'outdents the item',
    doc(ul(li(p('Before'), ul(li(p('Hello world')), li(p('After')))))),
    outdent('Hello'),
  ),
  whileTyping('splits the item', list, splitItemBefore('world')),
  whileTyping('joins the item to the one before', list, joinToPrevious('Hello')),
  whileTyping('turns the list into a numbered one', list, changeKind('Hello', 'bulletList', 'orderedList')),
  whileTyping('moves the block to the end', hello, moveBlock('Hello')),
  whileTyping('deletes the block', hello, deleteBlock('Hello')),
  whileTyping('deletes the item', list, deleteBlock('Hello', 'listItem')),
  whileTyping('deletes everything around that place', hello, erase('fore', 'Aft')),
  whileTyping('pastes over the block', hello, pasteOver('Hello', h(1, 'Other'))),
  whileTyping('makes all of it bold', hello, format('Hello world', 'bold')),
  whileTyping(
    'sets the document anew with another block',
    hello,
    replaceDocument(doc(p('Before'), p('Hello world'), p('New'), p('After'))),
  ),
  whileTyping('adds a table row after it', grid, addRow('Hello')),
  whileTyping('deletes the table row', grid, removeRow('Hello')),
  whileTyping('adds a table column after it', grid, addColumn('Hello')),
  whileTyping('deletes the table column', grid, removeColumn('Hello')),
  whileTyping('merges the cell with its neighbour', grid, mergeCells('Hello', 'b2')),
  {
    title: 'both join the same two blocks',
    start: hello,
    first: joinToPrevious('Hello'),
    second: joinToPrevious('Hello'),
  },
  {
    title: 'both split at the same place',
    start: hello,
    first: splitBefore('world'),
    second: splitBefore('world'),
  },
  {
    title: 'one joins the block to the one before, the other splits it',
    start: hello,
    first: joinToPrevious('Hello'),
    second: splitBefore('world'),
  },
  {
    title: 'both move the same block, to the start and to the end',
    start: hello,
    first: moveBlock('Hello', 'Before'),
    second: moveBlock('Hello'),
  },
  {
    title: 'one moves the block, the other turns it into a heading',
    start: hello,
    first: moveBlock('Hello'),
    second: turnInto('Hello', 'heading', { level: 2 }),
  },
  {
    title: 'one formats across the place where the other splits',
    start: hello,
    first: format('lo wor', 'bold'),
    second: splitBefore('world'),
  },
  {
    title: 'one makes a part bold, the other a part that overlaps italic',
    start: hello,
    first: format('Hello wo', 'bold'),
    second: format('lo world', 'italic'),
  },
  {
    title: 'both comment on parts that overlap',
    start: hello,
    first: format('Hello wo', 'comment', { id: 'c1' }),
    second: format('lo world', 'comment', { id: 'c2' }),
  },
  {
    title: 'one types at the end of bold text, the other at the start of what follows',
    start: doc(p(marked('bold', 'bold'), ' plain')),
    first: typeAfter('bold', 'er'),
    second: typeBefore(' plain', ','),
  },
  {
    title: 'one types at the end of a link, the other makes the link bold',
    start: doc(p('see ', marked('here', 'link', { href: '#a' }), ' now')),
    first: typeAfter('here', 'by'),
    second: format('here', 'bold'),
  },
  {
    title: 'both wrap the block, in a list and in a quote',
    start: hello,
    first: wrapInBullets('Hello'),
    second: wrapInQuote('Hello'),
  },
  {
    title: 'both wrap the block, in bullets and in numbers',
    start: hello,
    first: wrapInBullets('Hello'),
    second: wrapInNumbers('Hello'),
  },
  {
    title: 'both turn the block into something else',
    start: hello,
    first: turnInto('Hello', 'heading', { level: 2 }),
    second: turnInto('Hello', 'codeBlock'),
  },
  {
    title: 'one sets the level of a heading, the other centres it',
    start: doc(h(1, 'Hello world')),
    first: setAttribute('Hello', 'level', 3),
    second: setAttribute('Hello', 'align', 'center'),
  },
  {
    title: 'one turns the paragraph into a heading, the other centres it',
    start: hello,
    first: setAttribute('Hello', 'align', 'center'),
    second: turnInto('Hello', 'heading', { level: 2 }),
  },
  {
    title: 'one deletes the block, the other splits it and types',
    start: hello,
    first: deleteBlock('Hello'),
    second: inTurn(splitBefore('world'), brave),
  },
  {
    title: 'one wraps two blocks in a quote, the other deletes one of them',
    start: hello,
    first: wrapAllInQuote('Hello', 'After'),
    second: deleteBlock('Hello'),
  },
  {
    title: 'one indents an item, the other the item after it',
    start: list,
    first: indent('Hello'),
    second: indent('After'),
  },
  {
    title: 'one indents an item, the other deletes the item before it',
    start: list,
    first: indent('Hello'),
    second: deleteBlock('Before', 'listItem'),
  },
  {
    title: 'both add a row at the same place',
    start: doc(table(tr(td(p('a1')), td(p('a2'))))),
    first: addRow('a1'),
    second: addRow('a1'),
  },
  {
    title: 'one adds a row, the other a column',
    start: doc(table(tr(td(p('a1')), td(p('a2'))))),
    first: addRow('a1'),
    second: addColumn('a1'),
  },
  {
    title: 'one deletes a row, the other a column',
    start: grid,
    first: removeRow('Hello'),
    second: removeColumn('b2'),
  },
  {
    title: 'one merges cells, the other deletes a column',
    start: grid,
    first: mergeCells('a1', 'a2'),
    second: removeColumn('a2'),
  },
  {
    title: 'one suggests to delete the block, the other types',
    start: hello,
    first: markBlock('Hello', 'deletion', { by: 'ann' }),
    second: brave,
  },
  {
    title: 'one types code, the other turns the code block into a paragraph',
    start: doc(code('let x')),
    first: typeAfter('let x', ' = 1'),
    second: turnInto('let', 'paragraph'),
  },
  {
    title: 'one adds an item to a numbered list, the other wraps the list in a quote',
    start: doc(ol(li(p('one')), li(p('two')))),
    first: splitItemBefore('wo'),
    second: wrapNodeInQuote('one', 'orderedList'),
  },
  {
    title: 'both make parts bold that overlap',
    start: hello,
    first: format('Hello wo', 'bold'),
    second: format('lo world', 'bold'),
  },
  {
    title: 'both make the same part bold',
    start: hello,
    first: format('lo wo', 'bold'),
    second: format('lo wo', 'bold'),
  },
];
