export { type CalloutKind, calloutKinds, calloutNames } from './blocks/callout.ts';
export { type DocumentContent, documentToUpdate, updateToDocument, updateToText } from './convert.ts';
export { documentExtensions } from './extensions.ts';
export { formerToUpdate } from './former-format.ts';
export { isSafeLink, LINK_PROTOCOLS, linkFromInput } from './links.ts';
export { DOCUMENT_SCHEMA_VERSION, documentSchema } from './schema.ts';
