import { documentToUpdate, updateToText } from '@cahier/editor-schema';
import { undoState } from '@cahier/y-prose';
import { act, cleanup, render, screen } from '@testing-library/react';
import type { Editor } from '@tiptap/react';
import { afterEach, describe, expect, test } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { DocumentText, useDocumentEditor } from './document-text.tsx';

const me = { id: '22222222-2222-4222-8222-222222222222', name: 'User', email: 'user@example.org' };

afterEach(cleanup);

function open(doc: Doc, editable: boolean): Editor {
  const awareness = new Awareness(doc);
  let opened: Editor | undefined;
  function Opened() {
    opened = useDocumentEditor({ doc, awareness, me, editable });
    return <DocumentText editor={opened} />;
  }
  render(<Opened />);
  if (opened === undefined) throw new Error('no editor');
  return opened;
}

const text = () => screen.getByRole('textbox', { name: 'Document text' });
const paragraph = (content: string) => ({ type: 'paragraph', content: [{ type: 'text', text: content }] });

function docOf(...paragraphs: string[]): Doc {
  const doc = new Doc();
  applyUpdate(doc, documentToUpdate({ type: 'doc', content: paragraphs.map(paragraph) }));
  return doc;
}

describe('an open document', () => {
  test.each([
    ['an empty one', () => new Doc()],
    ['one with text', () => docOf('Hello')],
    [
      'one that ends with a table',
      () => {
        const doc = new Doc();
        const cell = { type: 'tableCell', content: [paragraph('x')] };
        const table = { type: 'table', content: [{ type: 'tableRow', content: [cell] }] };
        applyUpdate(doc, documentToUpdate({ type: 'doc', content: [table] }));
        return doc;
      },
    ],
  ])('is not written to merely by being opened: %s', async (_, make) => {
    const doc = make();
    const before = encodeStateAsUpdate(doc);
    open(doc, true);
    // The binding looks at the text a task later.
    await act(() => new Promise(resolve => setTimeout(resolve)));
    expect(encodeStateAsUpdate(doc)).toEqual(before);
  });

  test('cannot be typed into by who may only read', () => {
    open(docOf('Hello'), false);
    expect(text().getAttribute('contenteditable')).toBe('false');
    expect(text().getAttribute('aria-readonly')).toBe('true');
    expect(text().textContent).toContain('Hello');
  });

  test('may stop being writable in the moment in which its connection is replaced', () => {
    const doc = docOf('Hello');
    const connections = [new Awareness(doc), new Awareness(doc)] as const;
    function Reconnected({ awareness, editable }: { awareness: Awareness; editable: boolean }) {
      return <DocumentText editor={useDocumentEditor({ doc, awareness, me, editable })} />;
    }
    const { rerender } = render(<Reconnected awareness={connections[0]} editable />);
    act(() => text().focus());
    rerender(<Reconnected awareness={connections[1]} editable={false} />);
    expect(text().getAttribute('contenteditable')).toBe('false');
    expect(text().getAttribute('aria-readonly')).toBe('true');
  });

  test('takes back what was written here, and nothing else', async () => {
    const doc = docOf('theirs');
    const editor = open(doc, true);
    await act(() => new Promise(resolve => setTimeout(resolve)));
    expect(undoState(editor.state)).toEqual({ canUndo: false, canRedo: false });

    act(() => void editor.commands.insertContentAt(editor.state.doc.content.size, paragraph('mine')));
    const other = new Doc();
    applyUpdate(other, encodeStateAsUpdate(doc));
    // The first paragraph: its marker and its six letters.
    other.getText('text').delete(0, 7);
    act(() => applyUpdate(doc, encodeStateAsUpdate(other)));
    expect(updateToText(encodeStateAsUpdate(doc))).toBe('mine');
    expect(undoState(editor.state).canUndo).toBe(true);

    act(() => void editor.commands.undo());
    expect(updateToText(encodeStateAsUpdate(doc))).toBe('');
    expect(undoState(editor.state)).toEqual({ canUndo: false, canRedo: true });
  });
});
