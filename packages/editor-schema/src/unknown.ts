import { type Attributes, Mark, Node } from '@tiptap/core';

// What somebody's newer version of the application has put into a document: shown, kept, and never understood.

/** An attribute that travels through HTML (copy and paste) as JSON. */
function jsonAttribute(name: string, initial: unknown): Attributes {
  const key = `data-${name}`;
  return {
    [name]: {
      default: initial,
      parseHTML: element => {
        try {
          return JSON.parse(element.getAttribute(key) ?? '');
        } catch {
          return initial;
        }
      },
      renderHTML: attributes => ({ [key]: JSON.stringify(attributes[name]) }),
    },
  };
}

/** A block of a type that the schema does not have. Its text can be read and edited. */
export const UnknownBlock = Node.create({
  name: 'unknownBlock',
  group: 'block',
  content: 'inline*',
  priority: 0,
  addAttributes: () => ({ ...jsonAttribute('type', ''), ...jsonAttribute('attributes', {}) }),
  parseHTML: () => [{ tag: 'div.unknown-block' }],
  renderHTML: ({ HTMLAttributes }) => ['div', { class: 'unknown-block', ...HTMLAttributes }, 0],
});

/** Something in the line that the schema does not have. */
export const UnknownInline = Node.create({
  name: 'unknownInline',
  group: 'inline',
  inline: true,
  atom: true,
  priority: 0,
  addAttributes: () => ({ ...jsonAttribute('atom', ''), ...jsonAttribute('attributes', {}) }),
  parseHTML: () => [{ tag: 'span.unknown-inline' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'span',
    { class: 'unknown-inline', ...HTMLAttributes },
    String(node.attrs.atom),
  ],
});

/** A mark that the schema does not have: nothing to be seen, and nothing lost. */
export const UnknownMark = Mark.create({
  name: 'unknownMark',
  excludes: '',
  inclusive: false,
  priority: 0,
  addAttributes: () => ({ ...jsonAttribute('key', ''), ...jsonAttribute('value', true) }),
  parseHTML: () => [{ tag: 'span.unknown-mark' }],
  renderHTML: ({ HTMLAttributes }) => ['span', { class: 'unknown-mark', ...HTMLAttributes }, 0],
});
