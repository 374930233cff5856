import type { Editor } from '@tiptap/core';
import { copiedText } from './clipboard/copied-text.ts';

/** Copies the whole text of an editor, formatted and plain. */
export async function copyText(editor: Editor): Promise<void> {
  const text = copiedText(editor.state.doc.content);
  if (navigator.clipboard === undefined) return copySelected(editor.view.dom);
  await navigator.clipboard.write([
    new ClipboardItem({
      'text/plain': new Blob([text], { type: 'text/plain' }),
      'text/html': new Blob([editor.getHTML()], { type: 'text/html' }),
    }),
  ]);
}

/** Copies words that an element shows. */
export async function copyWords(words: string, element: HTMLElement): Promise<void> {
  if (navigator.clipboard === undefined) return copySelected(element);
  await navigator.clipboard.writeText(words);
}

/** Copies what an element shows: over plain HTTP browsers hide the clipboard from pages; what is selected can still be copied. */
function copySelected(element: HTMLElement): void {
  window.getSelection()?.selectAllChildren(element);
  if (!document.execCommand('copy')) throw new Error('the browser refuses to copy');
}
