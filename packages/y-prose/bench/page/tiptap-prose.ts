import { Editor } from '@tiptap/core';
import { Collaborative } from '../../src/tiptap.ts';
import { type Contender, ROOT } from './contender.ts';
import { extensions } from './document-schema.ts';

/** Tiptap with the binding of this package. */
export const tiptapProse: Contender = {
  open(doc, place) {
    const collaborative = Collaborative.configure({ text: doc.getText(ROOT) });
    return new Editor({ element: place, extensions: [...extensions, collaborative] }).view;
  },
};
