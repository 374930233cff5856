import type { DocumentSummary } from '@cahier/protocol';
import type { ProviderState } from '@cahier/y-mercure';
import { Link } from '@tanstack/react-router';
import type { Editor } from '@tiptap/core';
import { Copy } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toasts.tsx';
import { rights } from '../documents/rights.ts';
import { useDocumentActions } from '../documents/use-document-actions.ts';
import { AskButton } from '../sharing/ask-button.tsx';
import { useAsking, useAwaitedAccess } from '../sharing/use-asking.ts';
import { copyText } from './copy-text.ts';
import { endedText } from './ended-text.ts';

export interface EndedPanelProps {
  state: Extract<ProviderState, { phase: 'ended' }>;
  document: DocumentSummary;
  editor: Editor;
  /** Lets go of what is unsent and opens the document as the server has it. */
  onStartOver: () => void;
  /** They may again: goes on with what is unsent. */
  onResume: () => void;
}

/** Says why typing has stopped, and helps to save what was not. */
export function EndedPanel({ state, document, editor, onStartOver, onResume }: EndedPanelProps) {
  const { restore } = useDocumentActions();
  const asking = useAsking(document.id);
  const isWithdrawn = state.reason === 'access_withdrawn' || state.reason === 'read_only';
  useAwaitedAccess({
    documentId: document.id,
    isWaiting: isWithdrawn,
    isEnough: ({ role, trashedAt }) =>
      trashedAt === null && (state.reason === 'access_withdrawn' || rights[role].write),
    onGranted: onResume,
  });
  const text = endedText(state);
  if (text === null) return null;

  const copy = () =>
    copyText(editor).then(
      () => toast('The text is on the clipboard.'),
      () => toast('The browser does not let the page copy. Select the text and copy it yourself.'),
    );

  return (
    <div role="alert" className="my-2 rounded-xl max-sm:mx-1.5 bg-warning-wash px-5 py-4">
      <h2 className="font-semibold text-base text-ink">{text.title}</h2>
      <p className="mt-0.5 text-ink text-sm">{text.explanation}</p>
      <div className="-ml-3.5 mt-2 flex flex-wrap gap-x-1">
        {state.unsent > 0 && (
          <Button onClick={copy}>
            <Copy aria-hidden className="size-4" />
            Copy the text
          </Button>
        )}
        {isWithdrawn && (
          <AskButton
            asking={asking}
            className="px-3.5 text-sm"
            label={state.reason === 'read_only' ? 'Ask to edit' : 'Ask for access'}
          />
        )}
        {state.reason === 'trashed' && document.role === 'owner' && (
          <Button onClick={() => restore.mutate(document, { onSuccess: onResume })}>Restore</Button>
        )}
        {(state.reason === 'read_only' || state.reason === 'refused') && (
          <Button onClick={onStartOver}>Reload without them</Button>
        )}
        <Link
          to="/"
          className="inline-flex min-h-11 items-center rounded-lg px-3.5 font-medium text-sm hover:bg-hover pointer-fine:min-h-9"
        >
          All documents
        </Link>
      </div>
    </div>
  );
}
