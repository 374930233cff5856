import type { Mark, Node } from 'prosemirror-model';

const NAMES: Record<string, string> = {
  paragraph: 'p',
  codeBlock: 'code',
  bulletList: 'ul',
  orderedList: 'ol',
  taskList: 'tasks',
  listItem: 'li',
  taskItem: 'task',
  tableRow: 'tr',
  tableCell: 'td',
  tableHeader: 'th',
  rule: 'hr',
};

/**
 * A document on one line: `h2(Hello) ul(li(p(one)) li(p(two)))`. Attributes that are not the defaults stand behind a name,
 * marks around their text.
 */
export function notation(doc: Node): string {
  return doc.content.content.map(block).join(' ');
}

function block(node: Node): string {
  const content = node.content.content;
  const inner = node.isTextblock ? content.map(inline).join('') : content.map(block).join(' ');
  return withMarks(`${head(node)}(${inner})`, node.marks);
}

function head({ type, attrs }: Node): string {
  if (type.name === 'heading') return `h${attrs.level}${attrs.align === null ? '' : ` ${attrs.align}`}`;
  const own = Object.entries(attrs)
    .filter(([name, value]) => value !== type.spec.attrs?.[name]?.default && name !== 'colwidth')
    .map(([name, value]) => ` ${name}=${value}`);
  return `${NAMES[type.name] ?? type.name}${own.join('')}`;
}

function inline(node: Node): string {
  return withMarks(node.text ?? `<${head(node)}>`, node.marks);
}

function withMarks(inner: string, marks: readonly Mark[]): string {
  return marks.reduceRight((text, mark) => around(text, mark), inner);
}

function around(text: string, { type, attrs }: Mark): string {
  switch (type.name) {
    case 'bold':
      return `**${text}**`;
    case 'italic':
      return `_${text}_`;
    case 'link':
      return `[${text}]`;
    default:
      return `${type.name}${attrs.id === undefined ? '' : ` ${attrs.id}`}{${text}}`;
  }
}
