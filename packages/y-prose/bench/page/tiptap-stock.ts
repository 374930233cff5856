import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { type Contender, ROOT } from './contender.ts';
import { extensions } from './document-schema.ts';

/** Tiptap with the binding it comes with. */
export const tiptapStock: Contender = {
  open(doc, place) {
    const collaboration = Collaboration.configure({ fragment: doc.getXmlFragment(ROOT) });
    return new Editor({ element: place, extensions: [...extensions, collaboration] }).view;
  },
};
