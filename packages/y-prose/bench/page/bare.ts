import { baseKeymap } from '@tiptap/pm/commands';
import { keymap } from '@tiptap/pm/keymap';
import { type Node, Slice } from '@tiptap/pm/model';
import { EditorState } from '@tiptap/pm/state';
import { EditorView } from '@tiptap/pm/view';
import * as Y from 'yjs';
import { type BoundState, bindState, readDocument } from '../../src/index.ts';
import { type Contender, ROOT } from './contender.ts';
import { schema } from './document-schema.ts';

/** Knows what the view shows once it has been told of everything. */
let shared: BoundState | undefined;

/**
 * ProseMirror that is shared with nobody: what no binding can be faster than. What others write it is handed as the
 * plainest transaction that says it, made beforehand.
 */
export const bare: Contender = {
  open(ydoc, place) {
    const doc = readDocument(ydoc.getText(ROOT), schema);
    return new EditorView(place, { state: EditorState.create({ doc, plugins: [keymap(baseKeymap)] }) });
  },

  receive(view, ydoc, update) {
    if (shared === undefined) {
      shared = bindState(ydoc.getText(ROOT), { schema });
      // What was typed into the view meanwhile nobody else has.
      replace(view, changes(view.state.doc, shared.state.doc));
    }
    const before = shared.state.doc;
    Y.applyUpdate(ydoc, update);
    const wanted = changes(before, shared.state.doc);
    return () => replace(view, wanted);
  },
};

interface Change {
  readonly from: number;
  readonly to: number;
  readonly slice: Slice;
}

function replace(view: EditorView, wanted: readonly Change[]): void {
  const { tr } = view.state;
  for (const { from, to, slice } of wanted) tr.replace(from, to, slice);
  view.dispatch(tr);
}

/** What differs in the textblocks of two documents of the same structure, from the last to the first. */
function changes(before: Node, now: Node, start = 0): Change[] {
  if (before === now) return [];
  if (before.isTextblock) {
    const from = before.content.findDiffStart(now.content);
    const end = before.content.findDiffEnd(now.content);
    if (from === null || end === null) return [];
    // The two searches may overlap where a letter repeats.
    const overlap = Math.max(0, from - Math.min(end.a, end.b));
    const slice = new Slice(now.content.cut(from, end.b + overlap), 0, 0);
    return [{ from: start + from, to: start + end.a + overlap, slice }];
  }
  const found: Change[] = [];
  before.forEach((child, offset, index) => {
    found.unshift(...changes(child, now.child(index), start + offset + 1));
  });
  return found;
}
