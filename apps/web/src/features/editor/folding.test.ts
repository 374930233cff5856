import { documentExtensions } from '@cahier/editor-schema';
import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, test } from 'vitest';
import { Folding, openSectionsAround } from './folding.ts';

let editor: Editor;
afterEach(() => editor.destroy());

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });

/** A section of two paragraphs, and a paragraph after it. Its summary ends at 7. */
function open(editable = true): HTMLElement {
  const summary = { type: 'sectionSummary', content: [{ type: 'text', text: 'Title' }] };
  editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions, Folding],
    injectCSS: false,
    editable,
    content: {
      type: 'doc',
      content: [
        { type: 'section', content: [summary, paragraph('one'), paragraph('two')] },
        paragraph('after'),
      ],
    },
  });
  return editor.view.dom;
}

const isClosed = () => editor.view.dom.querySelector('.section')?.hasAttribute('data-closed');

function buttonIn(dom: HTMLElement): HTMLButtonElement {
  const button = dom.querySelector('button');
  if (button === null) throw new Error('no button');
  return button;
}

describe('a section', () => {
  test('is closed and opened by its button, which says what it is about; the document stays as it is', () => {
    const button = buttonIn(open());
    const before = editor.state.doc;
    expect([button.ariaLabel, button.ariaExpanded, isClosed()]).toEqual(['Section: Title', 'true', false]);
    button.click();
    expect([button.ariaExpanded, isClosed()]).toEqual(['false', true]);
    button.click();
    expect([button.ariaExpanded, isClosed()]).toEqual(['true', false]);
    expect(editor.state.doc).toBe(before);
  });

  test('can be closed by who may only read', () => {
    buttonIn(open(false)).click();
    expect(isClosed()).toBe(true);
  });

  test('is closed and opened by a key in its summary', () => {
    const dom = open();
    editor.commands.setTextSelection(4);
    const press = () => {
      const event = new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true });
      editor.view.someProp('handleKeyDown', handle => handle(editor.view, event));
    };
    press();
    expect(isClosed()).toBe(true);
    press();
    expect(isClosed()).toBe(false);
    expect(dom.querySelector('[data-page-break]')).toBeNull();
  });

  test('that is closed around the cursor leaves it at the end of the summary', () => {
    const dom = open();
    editor.commands.setTextSelection(10);
    buttonIn(dom).click();
    expect(isClosed()).toBe(true);
    expect(editor.state.selection.head).toBe(7);
  });

  test('stays closed when something is written elsewhere, in it, and in its summary', () => {
    const dom = open();
    buttonIn(dom).click();
    editor.commands.setTextSelection(7);
    editor.view.dispatch(editor.state.tr.insertText('!', 7));
    editor.view.dispatch(editor.state.tr.insertText('!', 13));
    editor.view.dispatch(editor.state.tr.insertText('!', editor.state.doc.content.size - 1));
    expect(editor.state.doc.textContent).toBe('Title!one!twoafter!');
    expect(isClosed()).toBe(true);
    expect(buttonIn(dom).ariaLabel).toBe('Section: Title!');
  });

  test('is opened for whoever wants to see something in it, not for what is in its summary', () => {
    const dom = open();
    buttonIn(dom).click();
    const [summary, one] = ['summary', 'p'].map(name => dom.querySelector(name));
    openSectionsAround(summary as Element);
    expect(isClosed()).toBe(true);
    openSectionsAround(one as Element);
    expect(isClosed()).toBe(false);
    openSectionsAround(one as Element);
    expect(isClosed()).toBe(false);
  });

  test('hides what is in it so that a search in the page finds it, also what is added later', () => {
    const dom = open();
    const hidden = () =>
      [...dom.querySelectorAll('[hidden]')].map(block => [block.textContent, block.getAttribute('hidden')]);
    buttonIn(dom).click();
    expect(hidden()).toEqual([
      ['one', 'until-found'],
      ['two', 'until-found'],
    ]);
    editor.view.dispatch(editor.state.tr.insertText('!', 7));
    editor.view.dispatch(editor.state.tr.split(12));
    expect(hidden().map(([text]) => text)).toEqual(['on', 'e', 'two']);
    dom.querySelectorAll('p')[1]?.dispatchEvent(new Event('beforematch', { bubbles: true }));
    expect([isClosed(), hidden()]).toEqual([false, []]);
  });

  test('opens when the cursor gets into what is out of sight', () => {
    buttonIn(open()).click();
    editor.commands.setTextSelection(10);
    expect(isClosed()).toBe(false);
  });
});
