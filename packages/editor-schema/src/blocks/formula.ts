import { InputRule, mergeAttributes, Node } from '@tiptap/core';
import type { Node as ProseMirrorNode } from '@tiptap/pm/model';

/** As in Pandoc: no space inside the dollars, none of them beside a digit or a letter that it could be a price for. */
const TYPED = /(?<![\w$])\$([^\s$](?:[^$]*[^\s$])?)\$$/;

const FORMULA = 'formula';

const latexOf = (node: ProseMirrorNode) => String(node.attrs.latex);
/** What was typed to make it. */
const typed = (node: ProseMirrorNode) => `$${latexOf(node)}$`;

/** A formula in the line, written in LaTeX. Typing `$x^2$` makes one. */
export const Formula = Node.create({
  name: FORMULA,
  group: 'inline',
  inline: true,
  atom: true,
  addAttributes: () => ({
    latex: {
      default: '',
      validate: 'string',
      parseHTML: element => element.textContent ?? '',
      renderHTML: () => null,
    },
  }),
  // Every node is asked about.
  extendNodeSchema: extension => (extension.name === FORMULA ? { leafText: typed } : {}),
  parseHTML: () => [{ tag: 'span[data-formula]' }],
  renderHTML: ({ node, HTMLAttributes }) => [
    'span',
    mergeAttributes({ 'data-formula': '' }, HTMLAttributes),
    latexOf(node),
  ],
  renderText: ({ node }) => typed(node),
  addInputRules() {
    return [
      new InputRule({
        find: TYPED,
        handler: ({ state: { tr }, range, match }) => {
          tr.replaceWith(range.from, range.to, this.type.create({ latex: match[1] }));
        },
      }),
    ];
  },
});
