import type { Attrs, Node } from 'prosemirror-model';
import { schema } from '../schema.ts';

type Content = string | Node;

const element =
  (name: string) =>
  (...content: Content[]): Node =>
    build(name, null, content);

function build(name: string, attrs: Attrs | null, content: readonly Content[]): Node {
  return schema.node(
    name,
    attrs,
    content.filter(part => part !== '').map(part => (typeof part === 'string' ? schema.text(part) : part)),
  );
}

export const doc = element('doc');
export const p = element('paragraph');
export const h = (level: number, ...content: Content[]): Node => build('heading', { level }, content);
export const code = element('codeBlock');
export const quote = element('quote');
export const callout = element('callout');
export const ul = element('bulletList');
export const ol = element('orderedList');
export const li = element('listItem');
export const details = element('details');
export const summary = element('summary');
export const detailsBody = element('detailsBody');
export const table = element('table');
export const tr = element('tableRow');
export const td = element('tableCell');

export const marked = (text: string, mark: string, attrs?: Attrs): Node =>
  schema.text(text, [schema.mark(mark, attrs)]);
