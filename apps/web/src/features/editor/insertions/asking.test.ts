import { documentExtensions } from '@cahier/editor-schema';
import { Editor } from '@tiptap/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AskingForBlocks, askingIn } from './asking.ts';
import { insertionsFor } from './insertions.ts';

let editor: Editor;
beforeEach(() => {
  editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions, AskingForBlocks],
    injectCSS: false,
  });
});
afterEach(() => editor.destroy());

function type(text: string) {
  for (const letter of text) {
    const { view } = editor;
    const { from, to } = view.state.selection;
    const insert = () => view.state.tr.insertText(letter, from, to);
    if (!view.someProp('handleTextInput', handle => handle(view, from, to, letter, insert))) {
      view.dispatch(insert());
    }
  }
}

function press(key: string): boolean {
  const event = new KeyboardEvent('keydown', { key });
  return editor.view.someProp('handleKeyDown', handle => handle(editor.view, event)) === true;
}

const found = () => askingIn(editor.state)?.found.map(({ label }) => label) ?? [];
const chosen = () => {
  const asking = askingIn(editor.state);
  return asking?.found[asking.chosen]?.label;
};

describe('typing a slash', () => {
  test('asks for everything, and what is typed then narrows it', () => {
    type('/');
    expect(found()).toEqual(insertionsFor('').map(({ label }) => label));
    type('pa');
    expect(found()).toEqual(['Page break', 'Text']);
    editor.commands.deleteRange({ from: 2, to: 4 });
    expect(found().length).toBeGreaterThan(2);
  });

  test('and Enter puts what is chosen into the place of the words', async () => {
    type('Hello /warn');
    expect(press('ArrowDown')).toBe(true);
    expect(press('Enter')).toBe(true);
    await Promise.resolve();
    expect(editor.getHTML()).toBe(
      '<aside role="note" dir="auto" data-callout="warning" aria-label="Warning"><p>Hello </p></aside>',
    );
    expect(askingIn(editor.state)).toBeNull();
  });

  test('lets the arrows walk through what was found, round and round', () => {
    type('/heading');
    expect(chosen()).toBe('Heading 1');
    press('ArrowUp');
    expect(chosen()).toBe('Heading 3');
    press('ArrowDown');
    expect(chosen()).toBe('Heading 1');
  });

  test.each([
    ['in a word', 'and/or'],
    ['for what there is not', '/zzz'],
    ['that is taken back', '/h\b\b'],
  ])('%s asks for nothing', (_, typed) => {
    for (const letter of typed) {
      const { head } = editor.state.selection;
      if (letter === '\b') editor.commands.deleteRange({ from: head - 1, to: head });
      else type(letter);
    }
    expect(askingIn(editor.state)).toBeNull();
    expect(press('ArrowDown')).toBe(false);
  });

  test('in code asks for nothing', () => {
    editor.commands.setCodeBlock();
    type('/');
    expect(askingIn(editor.state)).toBeNull();
  });

  test('is text after Escape, and when the cursor goes elsewhere', () => {
    type('/he');
    press('Escape');
    type('a');
    expect(askingIn(editor.state)).toBeNull();
    type(' /he');
    expect(askingIn(editor.state)).not.toBeNull();
    editor.commands.setTextSelection(1);
    expect(askingIn(editor.state)).toBeNull();
    expect(editor.getText()).toBe('/hea /he');
  });
});
