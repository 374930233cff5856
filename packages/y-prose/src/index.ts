export { readDocument } from './document.ts';
export { readSequence } from './read-blocks.ts';
export type { Atom, Block, Container, Inline, Sequence, TextRun } from './sequence.ts';
export { toSequence } from './to-sequence.ts';
export { toTree } from './tree.ts';
export { unknownBlock, unknownInline, unknownMark } from './unknown.ts';
export type { Value, Values } from './values.ts';
export { writeSequence } from './write-sequence.ts';
