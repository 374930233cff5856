import type { DocumentSummary } from '@cahier/protocol';
import type { Provider, ProviderState } from '@cahier/y-mercure';
import { Link } from '@tanstack/react-router';
import { Copy } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toasts.tsx';
import { rights } from '../documents/rights.ts';
import { useDocumentActions } from '../documents/use-document-actions.ts';
import { AskButton } from '../sharing/ask-button.tsx';
import { useAsking, useAwaitedAccess } from '../sharing/use-asking.ts';
import { DiscardButton } from './discard-button.tsx';
import { endedText } from './ended-text.ts';

export interface EndedPanelProps {
  state: Extract<ProviderState, { phase: 'ended' }>;
  documentId: string;
  /** What was known of it last, if anything. */
  document: DocumentSummary | undefined;
  provider: Provider;
  /** Copies the text that is shown. */
  onCopy: () => Promise<void>;
  /** Lets go of what is unsent and opens the document as the server has it, if it can be. */
  onStartOver?: () => void;
}

/** Says why typing has stopped, and helps to save what was not. */
export function EndedPanel({ state, documentId, document, provider, onCopy, onStartOver }: EndedPanelProps) {
  const { restore } = useDocumentActions();
  const asking = useAsking(documentId);
  const { reason, unsent } = state;
  const isLost = reason === 'access_withdrawn' || reason === 'trashed';
  const isWithdrawn = reason === 'access_withdrawn' || reason === 'read_only';
  useAwaitedAccess({
    documentId,
    isWaiting: isWithdrawn,
    isEnough: ({ role, trashedAt }) =>
      trashedAt === null && (reason === 'access_withdrawn' || rights[role].write),
    onGranted: provider.retry,
  });
  const text = endedText(state);
  if (text === null) return null;

  const copy = () =>
    onCopy().then(
      () => toast('The text is on the clipboard.'),
      () => toast('The browser does not let the page copy. Select the text and copy it yourself.'),
    );

  return (
    <div role="alert" className="my-2 rounded-xl max-sm:mx-1.5 bg-warning-wash px-5 py-4">
      <h2 className="font-semibold text-base text-ink">{text.title}</h2>
      <p className="mt-0.5 text-ink text-sm">{text.explanation}</p>
      <div className="-ml-3.5 mt-2 flex flex-wrap gap-x-1">
        {unsent > 0 && (
          <Button onClick={copy}>
            <Copy aria-hidden className="size-4" />
            Copy the text
          </Button>
        )}
        {isWithdrawn && (
          <AskButton
            asking={asking}
            className="px-3.5 text-sm"
            label={reason === 'read_only' ? 'Ask to edit' : 'Ask for access'}
          />
        )}
        {reason === 'trashed' && document?.role === 'owner' && (
          <Button onClick={() => restore.mutate(document, { onSuccess: provider.retry })}>Restore</Button>
        )}
        {(reason === 'read_only' || reason === 'refused') && onStartOver !== undefined && (
          <Button onClick={onStartOver}>Reload without them</Button>
        )}
        {isLost && unsent > 0 && (
          <DiscardButton documentId={documentId} provider={provider} unsent={unsent} />
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
