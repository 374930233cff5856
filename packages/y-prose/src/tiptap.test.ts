// @vitest-environment happy-dom
import { Editor } from '@tiptap/core';
import { StarterKit } from '@tiptap/starter-kit';
import { Plugin, PluginKey } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { readDocument, undoState } from './index.ts';
import { Collaborative } from './tiptap.ts';

const editors: Editor[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

function open(text: Y.Text, awareness: Awareness | null = null): Editor {
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [StarterKit.configure({ undoRedo: false }), Collaborative.configure({ text, awareness })],
  });
  editors.push(editor);
  return editor;
}

function textWith(content: string): Y.Text {
  const text = new Y.Doc().getText('content');
  text.insert(0, content);
  return text;
}

const settled = () => new Promise<void>(resolve => queueMicrotask(() => queueMicrotask(resolve)));

test('an editor begins with what the text shows, and writes nothing', () => {
  const text = textWith('Hello');
  const before = Y.encodeStateVector(text.doc as Y.Doc);
  expect(open(text).getText()).toBe('Hello');
  expect(Y.encodeStateVector(text.doc as Y.Doc)).toEqual(before);
});

test('an editor is in sight once it is made, unless somebody hides it', () => {
  const editor = open(textWith('Hello'));
  expect(editor.view.dom.hidden).toBe(false);
  editor.view.dom.hidden = true;
  editor.registerPlugin(new Plugin({}));
  expect(editor.view.dom.hidden).toBe(true);
});

test('several editors on one text show the same', () => {
  const text = textWith('Hello');
  const [a, b] = [open(text), open(text)];
  a.commands.insertContentAt(6, ' world');
  expect(b.getText()).toBe('Hello world');
  b.commands.setNode('heading', { level: 2 });
  expect(a.getJSON()).toEqual(b.getJSON());
  expect(a.getHTML()).toContain('<h2');
});

test('what others write becomes a link only by their doing', () => {
  const text = textWith('see ');
  const before = Y.encodeStateVector(text.doc as Y.Doc);
  const editor = open(text);
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(text.doc as Y.Doc));
  for (const letter of 'example.com ')
    other.getText('content').insert(other.getText('content').length, letter);
  Y.applyUpdate(text.doc as Y.Doc, Y.encodeStateAsUpdate(other, before));
  expect(editor.getHTML()).toContain('see example.com ');
  expect(Y.encodeStateVector(text.doc as Y.Doc)).toEqual(Y.encodeStateVector(other));
});

test('undo takes back what was done in this editor only', async () => {
  const text = textWith('Hello');
  const [a, b] = [open(text), open(text)];
  a.commands.insertContentAt(6, ' world');
  b.commands.insertContentAt(1, 'Oh: ');
  expect(a.can().undo()).toBe(true);
  a.commands.undo();
  expect(b.getText()).toBe('Oh: Hello');
  expect(undoState(a.state)).toEqual({ canUndo: false, canRedo: true });
  a.commands.redo();
  expect(b.getText()).toBe('Oh: Hello world');
});

test('what can be undone outlives the coming and going of plugins', async () => {
  const text = textWith('Hello');
  const editor = open(text);
  editor.commands.insertContentAt(6, ' world');
  const key = new PluginKey('other');
  editor.registerPlugin(new Plugin({ key }));
  await settled();
  editor.unregisterPlugin(key);
  await settled();
  editor.commands.undo();
  expect(editor.getText()).toBe('Hello');
  expect(readDocument(text, editor.schema).textContent).toBe('Hello');
});

test('a text that changes while no editor is there is shown by the next', async () => {
  const text = textWith('Hello');
  open(text).destroy();
  await settled();
  text.insert(0, 'Oh: ');
  expect(open(text).getText()).toBe('Oh: Hello');
});

test('cursors of others are where they were told to be, also after edits', async () => {
  const text = textWith('Hello');
  const awareness = new Awareness(text.doc as Y.Doc);
  const editor = open(text, awareness);
  const other = new Awareness(new Y.Doc());
  const place = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, 2));
  other.setLocalState({ user: { name: 'Ann' }, cursor: { anchor: place, head: place } });
  awareness.states.set(other.clientID, other.getLocalState() ?? {});
  awareness.emit('change', [{ added: [other.clientID], updated: [], removed: [] }, 'test']);
  editor.commands.insertContentAt(1, '>> ');
  const cursor = editor.view.dom.querySelector('.y-prose-cursor');
  expect(cursor?.previousSibling?.textContent).toBe('>> He');
  awareness.destroy();
  other.destroy();
});
