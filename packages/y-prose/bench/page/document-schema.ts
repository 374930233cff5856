import { type Extensions, getSchema } from '@tiptap/core';
import { StarterKit } from '@tiptap/starter-kit';

/** What every contender's documents are made of. Without undo, which each binding brings itself. */
export const extensions: Extensions = [StarterKit.configure({ undoRedo: false, trailingNode: false })];

export const schema = getSchema(extensions);
