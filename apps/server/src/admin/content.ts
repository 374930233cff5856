import * as Y from 'yjs';

/** What a shared type holds, as plain values that can be compared, whatever kind of type it is. */
export function contentOf<Event>(type: Y.AbstractType<Event>): unknown {
  const attributes: Record<string, unknown> = {};
  for (const key of [...type._map.keys()].sort()) {
    const item = type._map.get(key);
    if (item && !item.deleted) attributes[key] = valuesOf(item).at(-1);
  }
  // However a text has come about, and whatever marks it holds in vain: what it shows counts.
  if (type instanceof Y.Text) {
    return { attributes, delta: type.toDelta().map((part: { insert: unknown }) => comparable(part)) };
  }
  const children: unknown[] = [];
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    children.push(...valuesOf(item));
  }
  const name = type instanceof Y.XmlElement ? type.nodeName : type.constructor.name;
  return { name, attributes, children };
}

/** Only its text, with a line for each element. */
export function textOf<Event>(type: Y.AbstractType<Event>): string {
  let text = '';
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    if (item.content instanceof Y.ContentString) text += item.content.str;
    if (item.content instanceof Y.ContentType) {
      const inner = textOf(item.content.type);
      text += item.content.type instanceof Y.XmlElement ? `${inner.replace(/\n$/, '')}\n` : inner;
    }
  }
  return text;
}

function valuesOf({ content }: Y.Item): unknown[] {
  if (content instanceof Y.ContentType) return [contentOf(content.type)];
  return content.getContent();
}

function comparable(part: { insert: unknown }) {
  return part.insert instanceof Y.AbstractType ? { ...part, insert: contentOf(part.insert) } : part;
}
