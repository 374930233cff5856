import { Extension } from '@tiptap/core';
import { DOMParser as SchemaParser } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { copiedText } from './copied-text.ts';
import { tidyPastedHtml } from './pasted-html.ts';
import { htmlOfPastedText } from './pasted-text.ts';
import { refusePastedFiles } from './refused-files.ts';

/** What comes from other programs, and what goes to them. */
export const Clipboard = Extension.create({
  name: 'clipboard',
  // Before what Tiptap itself makes of copied text.
  priority: 200,
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        handlePaste: (_, event) => refusePastedFiles(event),
        transformPastedHTML: tidyPastedHtml,
        clipboardTextSerializer: ({ content }) => copiedText(content),
        clipboardTextParser: (text, $context, isPlain, view) => {
          const html = isPlain ? null : htmlOfPastedText(text);
          // Returned in place of a slice, `null` means: as ProseMirror would by itself.
          if (html === null) return null as never;
          const { body } = new DOMParser().parseFromString(html, 'text/html');
          const parser = view.someProp('clipboardParser') ?? SchemaParser.fromSchema(view.state.schema);
          return parser.parseSlice(body, { preserveWhitespace: true, context: $context });
        },
      },
    }),
  ],
});
