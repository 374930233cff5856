import { getSchema } from '@tiptap/core';
import type { Schema } from '@tiptap/pm/model';
import { documentExtensions } from './extensions.ts';

/** The ProseMirror schema of a document. */
export const documentSchema: Schema = getSchema(documentExtensions);

/**
 * Raised by one with every change of what a document can be made of: how a page that was loaded before learns that there is
 * a newer one.
 */
export const DOCUMENT_SCHEMA_VERSION = 3;
