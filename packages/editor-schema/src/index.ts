export { type DocumentContent, documentToUpdate, updateToDocument, updateToText } from './convert.ts';
export { documentExtensions } from './extensions.ts';
export { formerToUpdate } from './former-format.ts';
export { isSafeLink, LINK_PROTOCOLS, linkFromInput } from './links.ts';
export { documentSchema } from './schema.ts';
