import { getSchema } from '@tiptap/core';
import type { Schema } from '@tiptap/pm/model';
import { documentExtensions } from './extensions.ts';

/** The ProseMirror schema of a document. */
export const documentSchema: Schema = getSchema(documentExtensions);
