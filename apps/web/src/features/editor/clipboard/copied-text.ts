import { type CalloutKind, calloutNames } from '@cahier/editor-schema';
import type { Fragment, Node } from '@tiptap/pm/model';

/**
 * What is copied, for programs that take plain text: items with their bullets, numbers and ticks, further in by two spaces
 * each, cells with tabs between them, and an empty line between paragraphs.
 *
 * @param content - of the document, or of what is selected; of one paragraph alone only its words
 */
export function copiedText(content: Fragment): string {
  const single = singleTextBlock(content);
  return single === null ? blocksOf(content) : wordsOf(single);
}

/** The only block with text in it; null: there are several, or something else. */
function singleTextBlock(content: Fragment): Node | null {
  let only = content.childCount === 1 ? content.firstChild : null;
  while (only !== null && !only.isTextblock) only = only.childCount === 1 ? only.firstChild : null;
  return only;
}

function wordsOf(block: Node): string {
  return block.textBetween(0, block.content.size, undefined, leaf =>
    leaf.type.name === 'hardBreak' ? '\n' : (leaf.type.spec.leafText?.(leaf) ?? ''),
  );
}

function blocksOf(content: Fragment): string {
  // Words that are selected within a paragraph come without it.
  if (content.firstChild?.isInline) return content.textBetween(0, content.size, '\n', '\n');
  return mapped(content, blockOf)
    .filter(text => text !== null)
    .join('\n\n');
}

function blockOf(block: Node): string | null {
  if (block.isTextblock) return wordsOf(block);
  switch (block.type.name) {
    case 'bulletList':
      return listOf(block, () => '- ');
    case 'orderedList':
      return listOf(block, (_, index) => `${Number(block.attrs.start ?? 1) + index}. `);
    case 'taskList':
      return listOf(block, item => (item.attrs.checked === true ? '- [x] ' : '- [ ] '));
    case 'table':
      return mapped(block.content, rowOf).join('\n');
    case 'tableRow':
      return rowOf(block);
    case 'blockquote':
      return blocksOf(block.content).replace(/^/gm, '> ');
    case 'callout':
      return `${calloutNames[block.attrs.kind as CalloutKind]}:\n${blocksOf(block.content)}`;
    case 'horizontalRule':
      return '---';
    case 'pageBreak':
      return null;
    default:
      return blocksOf(block.content);
  }
}

function listOf(list: Node, sign: (item: Node, index: number) => string): string {
  return mapped(list.content, (item, index) => {
    const inside = mapped(item.content, blockOf).filter(text => text !== null);
    return `${sign(item, index)}${inside.join('\n').replaceAll('\n', '\n  ')}`;
  }).join('\n');
}

/** A cell's paragraphs share its line: a line is a row. */
const rowOf = (row: Node) =>
  mapped(row.content, cell => blocksOf(cell.content).replaceAll(/\s+/g, ' ')).join('\t');

function mapped<Result>(content: Fragment, make: (node: Node, index: number) => Result): Result[] {
  const results: Result[] = [];
  content.forEach((node, _, index) => {
    results.push(make(node, index));
  });
  return results;
}
