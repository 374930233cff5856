import { tableEditing } from 'prosemirror-tables';
import {
  bindState,
  fromRelativePosition,
  redo,
  toRelativePosition,
  undo,
  updateDocument,
  yUndo,
} from '../../src/index.ts';
import { schema } from '../schema.ts';
import type { Contender } from './contender.ts';

const ROOT = 'document';

/** The binding of this package. */
export const prose: Contender = {
  name: '@cahier/y-prose',
  seed(doc, content) {
    updateDocument(doc.getText(ROOT), content);
  },
  open(doc) {
    const bound = bindState(doc.getText(ROOT), { schema, plugins: [yUndo(), tableEditing()] });
    return {
      get state() {
        return bound.state;
      },
      dispatch: transaction => bound.dispatch(transaction),
      undo: () => undo(bound.state, bound.dispatch),
      redo: () => redo(bound.state, bound.dispatch),
      toRelative: pos => toRelativePosition(bound.state, pos, 1),
      fromRelative: position => fromRelativePosition(bound.state, position),
      close: () => bound.destroy(),
    };
  },
};
