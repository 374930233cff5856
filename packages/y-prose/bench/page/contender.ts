import type { EditorView } from '@tiptap/pm/view';
import type { Doc } from 'yjs';

/** Root name of the shared text in every contender's `Y.Doc`. */
export const ROOT = 'document';

/** An editor of the comparison. */
export interface Contender {
  /** Opens an editor on a document that has been loaded. */
  open(doc: Doc, place: HTMLElement): EditorView;
  /**
   * Gets ready to show an edit of somebody else. Default: it is shown when it is applied to the `Doc`.
   *
   * @returns what shows it: only that is measured
   */
  receive?(view: EditorView, doc: Doc, update: Uint8Array): () => void;
}
