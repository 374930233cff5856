// The model without the editor: what a server needs. Loads, and asks for, nothing of a browser.
export { readDocument } from './document.ts';
export { readSequence } from './read-blocks.ts';
export { toSequence } from './to-sequence.ts';
export { toTree } from './tree.ts';
export { writeSequence } from './write-sequence.ts';
