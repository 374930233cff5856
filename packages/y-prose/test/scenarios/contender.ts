import type { Node } from 'prosemirror-model';
import type { Doc, RelativePosition } from 'yjs';
import type { Writer } from '../commands/edits.ts';

/** A binding between ProseMirror and Yjs, as the scenarios use it. */
export interface Contender {
  readonly name: string;
  /** Puts a document into an empty `Y.Doc`. */
  seed(doc: Doc, content: Node): void;
  open(doc: Doc): OpenEditor;
}

export interface OpenEditor extends Writer {
  /** @returns whether there was something to take back */
  undo(): boolean;
  redo(): boolean;
  toRelative(pos: number): RelativePosition | null;
  fromRelative(position: RelativePosition): number | null;
  close(): void;
}
