// @vitest-environment happy-dom
import { bindState } from '@cahier/y-prose';
import { Collaborative } from '@cahier/y-prose/tiptap';
import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type DocumentContent, documentToUpdate } from '../convert.ts';
import { documentExtensions } from '../extensions.ts';
import { documentSchema } from '../schema.ts';

const opened: Editor[] = [];
afterEach(() => {
  for (const editor of opened.splice(0)) editor.destroy();
});

function open(doc: Y.Doc): Editor {
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions, Collaborative.configure({ text: doc.getText('text') })],
    injectCSS: false,
  });
  opened.push(editor);
  return editor;
}

/** An editor on a document with these blocks, and another one's view of it. */
async function write(...blocks: DocumentContent[]) {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  Y.applyUpdate(mine, documentToUpdate({ type: 'doc', content: blocks }));
  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
  mine.on('update', update => Y.applyUpdate(theirs, update));
  const editors = { editor: open(mine), other: open(theirs) };
  // A view is bound to its text a task after it was made.
  await new Promise(resolve => setTimeout(resolve));
  return editors;
}

const paragraph = (text = ''): DocumentContent => ({
  type: 'paragraph',
  ...(text !== '' && { content: [{ type: 'text', text }] }),
});
const within = (type: string, ...content: DocumentContent[]): DocumentContent => ({ type, content });

/** Types as a person would: what nobody handles is inserted. */
function type(editor: Editor, text: string) {
  for (const letter of text) {
    const { view } = editor;
    const { from, to } = view.state.selection;
    const insert = () => view.state.tr.insertText(letter, from, to);
    if (!view.someProp('handleTextInput', handle => handle(view, from, to, letter, insert))) {
      view.dispatch(insert());
    }
  }
}

/** Presses a key; `Mod-` before it is Ctrl. */
function press({ view }: Editor, name: string) {
  const event = new KeyboardEvent('keydown', {
    key: name.replace('Mod-', ''),
    ctrlKey: name.startsWith('Mod-'),
  });
  view.someProp('handleKeyDown', handle => handle(view, event));
}

/** A document in one line: names of blocks, their text, and where the cursor is. */
function shown({ state }: Pick<Editor, 'state'>): string {
  const { doc, selection } = state;
  const parts: string[] = [];
  const visit = (node: typeof doc, start: number): string => {
    if (node.isTextblock) {
      const offset = selection.head - start;
      const text = node.textContent;
      const withCursor =
        offset >= 0 && offset <= node.content.size ? `${text.slice(0, offset)}|${text.slice(offset)}` : text;
      return `${node.type.name}(${withCursor})`;
    }
    const children: string[] = [];
    node.forEach((child, offset) => {
      children.push(visit(child, start + offset + 1));
    });
    const kind = typeof node.attrs.kind === 'string' ? `:${node.attrs.kind}` : '';
    return node.isLeaf ? node.type.name : `${node.type.name}${kind}(${children.join(' ')})`;
  };
  doc.forEach((child, offset) => {
    parts.push(visit(child, offset + 1));
  });
  return parts.join(' ').replaceAll('paragraph', 'p').replaceAll('sectionSummary', 'summary');
}

function expectShown({ editor, other }: { editor: Editor; other: Editor }, expected: string) {
  editor.state.doc.check();
  expect(shown(editor)).toBe(expected);
  expect(other.state.doc.toJSON()).toEqual(editor.state.doc.toJSON());
}

const endOf = (editor: Editor, text: string) => {
  let found = -1;
  editor.state.doc.descendants((node, position) => {
    if (node.isTextblock && node.textContent === text) found = position + 1 + node.content.size;
  });
  editor.commands.setTextSelection(found);
};

describe('a callout', () => {
  test('is put around the selected blocks, changes its kind and is taken away again', async () => {
    const pair = await write(paragraph('Hello'));
    endOf(pair.editor, 'Hello');
    pair.editor.commands.setCallout('warning');
    expectShown(pair, 'callout:warning(p(Hello|))');
    pair.editor.commands.setCallout('tip');
    expectShown(pair, 'callout:tip(p(Hello|))');
    pair.editor.commands.unsetCallout();
    expectShown(pair, 'p(Hello|)');
  });

  test('goes away again with undo', async () => {
    const pair = await write(paragraph('Hello'));
    endOf(pair.editor, 'Hello');
    pair.editor.commands.setCallout('warning');
    pair.editor.commands.undo();
    expectShown(pair, 'p(Hello|)');
  });

  test('is put around a list where it cannot be in the place of its items', async () => {
    const pair = await write(within('bulletList', within('listItem', paragraph('one'))));
    endOf(pair.editor, 'one');
    pair.editor.commands.setCallout('note');
    expectShown(pair, 'callout:note(bulletList(listItem(p(one|))))');
  });

  test.each([
    ['[!note] ', 'callout:note(p(|))'],
    ['[!WARNING] ', 'callout:warning(p(|))'],
    ['> [!tip] ', 'callout:tip(p(|))'],
    ['[!danger] ', 'p([!danger] |)'],
  ])('begins by typing %s', async (typed, expected) => {
    const pair = await write(paragraph());
    type(pair.editor, typed);
    expectShown(pair, expected);
  });

  test('is left by Enter on an empty line', async () => {
    const pair = await write(within('callout', paragraph('Hello')));
    endOf(pair.editor, 'Hello');
    press(pair.editor, 'Enter');
    press(pair.editor, 'Enter');
    expectShown(pair, 'callout:note(p(Hello)) p(|)');
  });

  test('of a kind that does not exist is a note', () => {
    expect(() =>
      documentSchema.node('callout', { kind: 'loud' }, [documentSchema.node('paragraph')]).check(),
    ).toThrow();
  });
});

describe('a section', () => {
  test('is made of the selected blocks, the first being its summary, and taken apart again', async () => {
    const pair = await write(paragraph('Title'), paragraph('text'));
    pair.editor.commands.setTextSelection({ from: 10, to: 3 });
    pair.editor.commands.setSection();
    expect(shown(pair.editor)).toMatch(/^section\(summary\(.*\) p\(.*text.*\)\)$/);
    endOf(pair.editor, 'text');
    expectShown(pair, 'section(summary(Title) p(text|))');
    pair.editor.commands.unsetSection();
    expectShown(pair, 'p(Title) p(text|)');
  });

  test('always has something to sum up', async () => {
    const pair = await write(paragraph('Title'));
    endOf(pair.editor, 'Title');
    pair.editor.commands.setSection();
    expectShown(pair, 'section(summary(Title|) p())');
    press(pair.editor, 'Enter');
    expectShown(pair, 'section(summary(Title) p(|))');
    press(pair.editor, 'Backspace');
    expectShown(pair, 'section(summary(Title|) p())');
  });

  test('is split by Enter in its summary: the rest goes to what it sums up', async () => {
    const pair = await write(
      within('section', within('sectionSummary', { type: 'text', text: 'Title' }), paragraph('text')),
    );
    pair.editor.commands.setTextSelection(4);
    press(pair.editor, 'Enter');
    expectShown(pair, 'section(summary(Ti) p(|tle) p(text))');
    pair.editor.commands.undo();
    expectShown(pair, 'section(summary(Ti|tle) p(text))');
  });

  test('is taken apart by Backspace at the start of its summary', async () => {
    const pair = await write(
      within('section', within('sectionSummary', { type: 'text', text: 'Title' }), paragraph('text')),
    );
    pair.editor.commands.setTextSelection(2);
    press(pair.editor, 'Backspace');
    expectShown(pair, 'p(|Title) p(text)');
  });

  test('is left by Enter on an empty line', async () => {
    const pair = await write(within('section', within('sectionSummary'), paragraph('text')));
    endOf(pair.editor, 'text');
    press(pair.editor, 'Enter');
    press(pair.editor, 'Enter');
    expectShown(pair, 'section(summary() p(text)) p(|)');
  });

  test('around a list has a summary to be written', async () => {
    const pair = await write(within('bulletList', within('listItem', paragraph('one'))));
    endOf(pair.editor, 'one');
    pair.editor.commands.setSection();
    expectShown(pair, 'section(summary(|) bulletList(listItem(p(one))))');
  });

  test('that somebody makes of a paragraph has what another types into it meanwhile', () => {
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
    Y.applyUpdate(mine, documentToUpdate({ type: 'doc', content: [paragraph('Hello world')] }));
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
    const bound = (doc: Y.Doc) => bindState(doc.getText('text'), { schema: documentSchema });
    const [editor, other] = [bound(mine), bound(theirs)];
    const section = documentSchema.node('section', null, [
      documentSchema.node('sectionSummary', null, documentSchema.text('Hello world')),
      documentSchema.node('paragraph'),
    ]);
    editor.dispatch(editor.state.tr.replaceWith(0, 13, section));
    other.dispatch(other.state.tr.insertText('brave ', 7));
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs));
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
    expect(editor.state.doc.toJSON()).toEqual(other.state.doc.toJSON());
    expect(shown(other).replace('|', '')).toBe('section(summary(Hello brave world) p())');
  });
});

describe('a page break', () => {
  test.each([
    [0, 'pageBreak p(|Hello)'],
    [2, 'p(He) pageBreak p(|llo)'],
    [5, 'p(Hello) pageBreak p(|)'],
  ])('begins a new page where the cursor is: after %i letters', async (offset, expected) => {
    const pair = await write(paragraph('Hello'));
    pair.editor.commands.setTextSelection(1 + offset);
    press(pair.editor, 'Mod-Enter');
    expectShown(pair, expected);
    pair.editor.commands.undo();
    expect(shown(pair.other).replace('|', '')).toBe('p(Hello)');
  });

  test('comes after the list, the table or the callout in which it is asked for', async () => {
    const pair = await write(within('callout', paragraph('Hello')), paragraph('after'));
    endOf(pair.editor, 'Hello');
    press(pair.editor, 'Mod-Enter');
    expectShown(pair, 'callout:note(p(Hello)) pageBreak p(|after)');
  });

  test('is not made in a code block, which the same key leaves', async () => {
    const pair = await write(within('codeBlock', { type: 'text', text: 'x' }));
    endOf(pair.editor, 'x');
    press(pair.editor, 'Mod-Enter');
    expectShown(pair, 'codeBlock(x) p(|)');
  });
});

test('a task is ticked with the keyboard, the innermost one, and unticked', async () => {
  const task = (...content: DocumentContent[]) => within('taskList', within('taskItem', ...content));
  const { editor, other } = await write(task(paragraph('all'), task(paragraph('part'))));
  const ticked = () => {
    const found: string[] = [];
    other.state.doc.descendants(node => {
      if (node.attrs.checked === true) found.push(node.textContent);
    });
    return found;
  };
  endOf(editor, 'part');
  press(editor, 'Mod-Enter');
  expect(ticked()).toEqual(['part']);
  press(editor, 'Mod-Enter');
  expect(ticked()).toEqual([]);
});

describe('a formula', () => {
  test.each([
    ['area: $a^2$', 'a^2'],
    ['$a$', 'a'],
    ['$\\frac{a b}{2}$', '\\frac{a b}{2}'],
  ])('is made by typing %s', async (typed, latex) => {
    const { editor, other } = await write(paragraph());
    type(editor, typed);
    expect(other.state.doc.lastChild?.lastChild?.toJSON()).toEqual({ type: 'formula', attrs: { latex } });
    editor.state.doc.check();
  });

  test.each(['$5 and $6', 'US$5$', '$ a$', '$a $', '$$'])('is not made by typing %s', async typed => {
    const { editor } = await write(paragraph());
    type(editor, typed);
    expect(editor.state.doc.textContent).toBe(typed);
  });
});

test('what is copied of every block comes back when it is pasted', async () => {
  const { editor } = await write(
    { type: 'callout', attrs: { kind: 'tip' }, content: [paragraph('one')] },
    within('section', within('sectionSummary', { type: 'text', text: 'two' }), paragraph('three')),
    within('pageBreak'),
    within('paragraph', { type: 'text', text: 'four ' }, { type: 'formula', attrs: { latex: 'a < b' } }),
  );
  const before = editor.getJSON();
  const html = editor.getHTML();
  editor.commands.setContent(html);
  expect(editor.getJSON()).toEqual(before);
});
