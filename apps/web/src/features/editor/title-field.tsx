import { type DocumentSummary, MAX_TITLE_LENGTH } from '@cahier/protocol';
import { type KeyboardEvent, useState } from 'react';
import { UNTITLED } from '../documents/rights.ts';
import { useDocumentActions } from '../documents/use-document-actions.ts';

const titleClass =
  'w-full font-semibold font-serif text-[2rem] leading-tight tracking-tight sm:text-[2.5rem]';

export interface TitleFieldProps {
  document: DocumentSummary;
  writes: boolean;
  /** Whether to begin here: nothing has been written yet. */
  autoFocus: boolean;
  /** Enter: on to the text. */
  onDone: () => void;
}

/** The document's title at the head of the page; what others call it meanwhile appears unless it is being changed. */
export function TitleField({ document, writes, autoFocus, onDone }: TitleFieldProps) {
  const { rename } = useDocumentActions();
  const [draft, setDraft] = useState<string | null>(null);

  if (!writes) {
    return (
      <h1 dir="auto" className={`${titleClass} [overflow-wrap:anywhere]`}>
        {document.title || UNTITLED}
      </h1>
    );
  }

  const save = () => {
    const title = draft?.trim();
    if (title === undefined || title === document.title) return setDraft(null);
    rename.mutate({ id: document.id, title }, { onSettled: () => setDraft(null) });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      event.currentTarget.blur();
      onDone();
    } else if (event.key === 'Escape') {
      setDraft(null);
    }
  };

  return (
    <h1>
      <textarea
        aria-label="Title"
        dir="auto"
        placeholder={UNTITLED}
        rows={1}
        // biome-ignore lint/a11y/noAutofocus: of a new document, the name comes first
        autoFocus={autoFocus}
        maxLength={MAX_TITLE_LENGTH}
        spellCheck={false}
        value={draft ?? document.title}
        onChange={event => setDraft(event.target.value.replaceAll(/[\r\n]+/g, ' '))}
        onBlur={save}
        onKeyDown={onKeyDown}
        className={`${titleClass} field-sizing-content block resize-none overflow-hidden bg-transparent placeholder:text-faint focus-visible:outline-none`}
      />
    </h1>
  );
}
