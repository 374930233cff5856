import type { MarkSpec, NodeSpec } from 'prosemirror-model';

// Include these in a schema to see what it does not know, made by a newer version of an application, say. Without them
// it stays in the sequence, out of sight; text is always shown.

export const UNKNOWN_BLOCK = 'unknownBlock';
export const UNKNOWN_INLINE = 'unknownInline';
export const UNKNOWN_MARK = 'unknownMark';

/** For `nodes.unknownBlock` of a schema: a block whose type the schema does not have. Its text can be edited. */
export const unknownBlock: NodeSpec = {
  content: 'inline*',
  group: 'block',
  attrs: { type: { default: '' }, attributes: { default: {} } },
  toDOM: node => ['div', { 'data-unknown-block': String(node.attrs.type) }, 0],
};

/** For `nodes.unknownInline` of a schema: an inline node whose type the schema does not have. */
export const unknownInline: NodeSpec = {
  group: 'inline',
  inline: true,
  atom: true,
  attrs: { atom: { default: '' }, attributes: { default: {} } },
  toDOM: node => ['span', { 'data-unknown-inline': String(node.attrs.atom) }, String(node.attrs.atom)],
};

/** For `marks.unknownMark` of a schema: a mark whose type the schema does not have. */
export const unknownMark: MarkSpec = {
  attrs: { key: { default: '' }, value: { default: true } },
  excludes: '',
  inclusive: false,
  toDOM: mark => ['span', { 'data-unknown-mark': String(mark.attrs.key) }, 0],
};
