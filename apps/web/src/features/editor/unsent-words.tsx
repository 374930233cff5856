import type { Person } from '@cahier/protocol';
import type { Provider, ProviderState } from '@cahier/y-mercure';
import { wordsIn } from '@cahier/y-prose';
import { useRef } from 'react';
import { copyWords } from './copy-text.ts';
import { EditorHeader } from './editor-header.tsx';
import { EndedPanel } from './ended-panel.tsx';
import { Frame, Sheet } from './sheet.tsx';

export interface UnsentWordsProps {
  documentId: string;
  provider: Provider;
  state: Extract<ProviderState, { phase: 'ended' }>;
  me: Person;
}

/** What somebody wrote and could not send, where nothing else is left here of the document: the words alone. */
export function UnsentWords({ documentId, provider, state, me }: UnsentWordsProps) {
  const sheet = useRef<HTMLElement>(null);
  const words = wordsIn(provider.unsent === null ? [] : [provider.unsent]);
  return (
    <Frame
      header={
        <EditorHeader
          document={undefined}
          open={{ provider, state, loaded: false }}
          me={me}
          showTitle={false}
        />
      }
      toolbar={null}
    >
      <EndedPanel
        state={state}
        documentId={documentId}
        document={undefined}
        provider={provider}
        onCopy={async () => {
          if (sheet.current !== null) await copyWords(words, sheet.current);
        }}
      />
      <Sheet top>
        <section
          ref={sheet}
          aria-label="What you wrote"
          className="whitespace-pre-wrap pb-16 font-serif text-lg leading-8"
        >
          {words === '' ? <span className="text-soft">Nothing but formatting, or deletions.</span> : words}
        </section>
      </Sheet>
    </Frame>
  );
}
