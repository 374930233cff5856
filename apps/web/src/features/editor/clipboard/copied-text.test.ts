import { documentExtensions } from '@cahier/editor-schema';
import { Editor } from '@tiptap/core';
import { expect, test } from 'vitest';
import { Clipboard } from './clipboard.ts';
import { copiedText } from './copied-text.ts';

/** What is copied when everything, or what is between two positions, is selected. */
function copied(content: string, range?: { from: number; to: number }): string {
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions, Clipboard],
    injectCSS: false,
    content,
  });
  const { view, state } = editor;
  const { from, to } = range ?? { from: 0, to: state.doc.content.size };
  const slice = state.doc.slice(from, to, true);
  const text = view.someProp('clipboardTextSerializer', serialize => serialize(slice, view)) ?? '';
  expect(text).toBe(copiedText(slice.content));
  editor.destroy();
  return text;
}

test('paragraphs are apart, items below each other', () => {
  expect(
    copied(
      '<h1>Title</h1><p>one<br>two <span data-formula>x^2</span></p><ul><li><p>a</p><ol start="3"><li><p>b</p><p>c</p></li></ol></li><li><p>d</p></li></ul><p>end</p>',
    ),
  ).toBe('Title\n\none\ntwo $x^2$\n\n- a\n  3. b\n    c\n- d\n\nend');
});

test('tasks say whether they are done', () => {
  expect(
    copied(
      '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>a</p></li><li data-type="taskItem" data-checked="false"><p>b</p></li></ul>',
    ),
  ).toBe('- [x] a\n- [ ] b');
});

test('the cells of a table are told apart as spreadsheets do', () => {
  expect(
    copied(
      '<table><tr><th><p>a</p></th><th><p>b</p></th></tr><tr><td><p>1</p><p>2</p></td><td></td></tr></table>',
    ),
  ).toBe('a\tb\n1 2\t');
});

test('quotations, callouts, sections, code and rules', () => {
  expect(
    copied(
      '<blockquote><p>q</p><p>r</p></blockquote><aside data-callout="tip"><p>t</p></aside><details><summary>s</summary><p>u</p></details><pre><code>x\n  y</code></pre><hr><div data-page-break></div><p>end</p>',
    ),
  ).toBe('> q\n> \n> r\n\nTip:\nt\n\ns\n\nu\n\nx\n  y\n\n---\n\nend');
});

test('of one paragraph alone, in an item too, only its words', () => {
  expect(copied('<ul><li><p>milk and eggs</p></li></ul>', { from: 3, to: 7 })).toBe('milk');
  expect(copied('<p>milk</p>')).toBe('milk');
});
