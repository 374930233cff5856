import { DOCUMENT_ROOT } from '@cahier/protocol';
import { readUpdate } from './read-update.ts';

/** A Yjs update that brings nothing: no structs, nothing deleted. */
const EMPTY_UPDATE = Uint8Array.of(0, 0);

/**
 * What counts of an update that is in a log. The writer takes none that cannot be read; one that cannot all the same has
 * been damaged since, and counts as empty: a document opens without it rather than not at all.
 */
export function effective(bytes: Uint8Array): Uint8Array {
  try {
    readUpdate(bytes, DOCUMENT_ROOT, { struct: () => {} });
    return bytes;
  } catch {
    return EMPTY_UPDATE;
  }
}
