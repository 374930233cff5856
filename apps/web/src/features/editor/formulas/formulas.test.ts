import { documentExtensions } from '@cahier/editor-schema';
import { Editor } from '@tiptap/core';
import { NodeSelection } from '@tiptap/pm/state';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Formulas, writeFormula } from './formulas.ts';

let editor: Editor;
beforeEach(() => {
  // The page has a doctype; this one does not say so, and the typesetting asks for it.
  Object.defineProperty(document, 'compatMode', { value: 'CSS1Compat', configurable: true });
  editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions, Formulas],
    injectCSS: false,
    content: '<p>area <span data-formula>a^2</span> of it</p>',
  });
});
afterEach(() => editor.destroy());

function press(key: string) {
  const event = new KeyboardEvent('keydown', { key });
  editor.view.someProp('handleKeyDown', handle => handle(editor.view, event));
}

const select = (position: number) =>
  editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, position)));

test('a formula is typeset as MathML', async () => {
  await vi.waitFor(() => expect(editor.view.dom.querySelector('.formula math')).not.toBeNull());
});

test('what is no LaTeX is shown as it was written', async () => {
  editor.commands.setContent('<p><span data-formula>\\nonsense{</span></p>');
  await vi.waitFor(() =>
    expect(editor.view.dom.querySelector('[data-source]')?.textContent).toBe('\\nonsense{'),
  );
});

test('a formula becomes its source with Enter, and a formula again with another', () => {
  select(6);
  press('Enter');
  expect(editor.getText()).toBe('area $a^2$ of it');
  expect(editor.state.doc.textContent).toBe('area $a^2$ of it');
  editor.view.dispatch(editor.state.tr.insertText('3'));
  press('Enter');
  expect(editor.state.doc.firstChild?.child(1).toJSON()).toEqual({
    type: 'formula',
    attrs: { latex: 'a^23' },
  });
  expect(editor.state.selection.head).toBe(7);
});

test('the source becomes a formula when the cursor leaves it, also after an edit before it', () => {
  select(6);
  press('Enter');
  editor.view.dispatch(editor.state.tr.insertText('The ', 1));
  editor.commands.setTextSelection(1);
  expect(editor.state.doc.firstChild?.childCount).toBe(3);
  expect(editor.getText()).toBe('The area $a^2$ of it');
});

test('of a source that is no formula any more the text stays', () => {
  select(6);
  press('Enter');
  editor.commands.deleteRange({ from: 6, to: 8 });
  editor.commands.setTextSelection(1);
  expect(editor.getHTML()).toBe('<p>area ^2$ of it</p>');
});

test('a new one is written between its dollars; of one that is left empty nothing stays', () => {
  editor.commands.setTextSelection(1);
  writeFormula(editor);
  editor.view.dispatch(editor.state.tr.insertText('b'));
  press('Enter');
  expect(editor.getText()).toBe('$b$area $a^2$ of it');
  writeFormula(editor);
  editor.commands.setTextSelection(8);
  expect(editor.getText()).toBe('$b$area $a^2$ of it');
});
