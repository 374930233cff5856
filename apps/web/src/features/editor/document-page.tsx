import type { DocumentSummary, Person } from '@cahier/protocol';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { OpenDocument } from '../../realtime/use-provider.ts';
import { rights } from '../documents/rights.ts';
import { MeanwhileBar } from '../meanwhile/meanwhile-bar.tsx';
import { useMeanwhile } from '../meanwhile/use-meanwhile.ts';
import { useRefusedFiles } from './clipboard/refused-files.ts';
import { copyText } from './copy-text.ts';
import { DocumentText, useDocumentEditor } from './document-text.tsx';
import { EditorHeader } from './editor-header.tsx';
import { EndedPanel } from './ended-panel.tsx';
import { OlderPagePanel } from './older-page-panel.tsx';
import { Frame, Sheet } from './sheet.tsx';
import { TitleField } from './title-field.tsx';
import { LinkPopover } from './toolbar/link-popover.tsx';
import { FormattingToolbar } from './toolbar/toolbar.tsx';
import { useOlderPage } from './use-older-page.ts';
import { useUnsentMarks } from './use-unsent-marks.ts';

export interface DocumentPageProps {
  document: DocumentSummary;
  open: OpenDocument;
  me: Person;
  onStartOver: () => void;
}

/** A document on its sheet of paper, with everything around it. */
export function DocumentPage({ document, open, me, onStartOver }: DocumentPageProps) {
  const { provider, state } = open;
  const pageAge = useOlderPage(provider.doc);
  const writes = rights[document.role].write && state.phase === 'live' && pageAge === 'current';
  const editor = useDocumentEditor({
    doc: provider.doc,
    awareness: provider.awareness,
    me,
    editable: writes,
  });
  const meanwhile = useMeanwhile(provider, editor, me);
  useUnsentMarks(provider, state, editor);
  useRefusedFiles();
  const [linking, setLinking] = useState(false);
  const title = useRef<HTMLDivElement>(null);
  const showTitle = useScrolledAway(title);

  const onKeyDown = (event: KeyboardEvent) => {
    if (writes && (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      setLinking(true);
    } else if (event.altKey && event.key === 'F10') {
      event.preventDefault();
      window.document.querySelector<HTMLElement>('[role="toolbar"] button:not([tabindex="-1"])')?.focus();
    }
  };

  return (
    <Frame
      header={<EditorHeader document={document} open={open} me={me} showTitle={showTitle} />}
      toolbar={writes && <FormattingToolbar editor={editor} onLink={() => setLinking(true)} />}
      notice={<MeanwhileBar meanwhile={meanwhile} />}
    >
      {state.phase === 'ended' && (
        <EndedPanel
          state={state}
          document={document}
          documentId={document.id}
          provider={provider}
          onCopy={() => copyText(editor)}
          onStartOver={onStartOver}
        />
      )}
      {state.phase === 'live' && (pageAge === 'older' || pageAge === 'unsure') && (
        <OlderPagePanel age={pageAge} />
      )}
      <Sheet top={!writes}>
        <div ref={title} className="mb-5 sm:mb-7">
          <TitleField
            document={document}
            writes={writes}
            autoFocus={document.title === '' && editor.isEmpty}
            onDone={() => editor.commands.focus('start')}
          />
        </div>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: shortcuts of the text inside it */}
        <div onKeyDown={onKeyDown}>
          <DocumentText editor={editor} />
        </div>
      </Sheet>
      {writes && <LinkPopover editor={editor} open={linking} onClose={() => setLinking(false)} />}
    </Frame>
  );
}

/** The same sheet, still empty: lines where the text will be, once the wait is long enough to be noticed. */
export function DocumentPageSkeleton({
  document,
  me,
}: {
  document: DocumentSummary | undefined;
  me: Person;
}) {
  const mayWrite = document === undefined || rights[document.role].write;
  return (
    <Frame
      header={<EditorHeader document={document} open={undefined} me={me} showTitle={false} />}
      toolbar={mayWrite && <div className="h-13 pointer-fine:h-11" />}
    >
      <Sheet top={!mayWrite}>
        <div role="status" aria-label="Loading the document" className="waiting">
          <div className="shimmer mb-10 h-11 w-2/3" />
          {[92, 97, 88, 94, 41, 0, 95, 90, 67].map((width, line) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines never change
              key={line}
              className={width === 0 ? 'h-7' : 'shimmer mb-3.5 h-4'}
              style={{ width: `${width}%` }}
            />
          ))}
        </div>
      </Sheet>
    </Frame>
  );
}

/** Whether an element has scrolled out of the window's top. */
function useScrolledAway(element: React.RefObject<HTMLElement | null>): boolean {
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new IntersectionObserver(([entry]) => setAway(entry?.isIntersecting === false), {
      rootMargin: '-112px 0px 0px 0px',
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return away;
}
