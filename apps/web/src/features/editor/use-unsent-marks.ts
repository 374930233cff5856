import type { Provider, ProviderState } from '@cahier/y-mercure';
import { changesIn } from '@cahier/y-prose';
import type { Editor } from '@tiptap/core';
import { useEffect } from 'react';
import { markUnsent } from './unsent-marks.ts';

/** Once nothing can be sent any more, marks in the text what was not. */
export function useUnsentMarks(provider: Provider, state: ProviderState, editor: Editor): void {
  const isOver = state.phase === 'ended' && state.unsent > 0;
  useEffect(() => {
    if (!isOver || editor.isDestroyed) return;
    const { unsent } = provider;
    const changes = unsent === null ? null : changesIn(editor.state, [unsent]);
    editor.view.dispatch(markUnsent(editor.state, changes ?? []));
    return () => {
      if (!editor.isDestroyed) editor.view.dispatch(markUnsent(editor.state, []));
    };
  }, [provider, editor, isOver]);
}
