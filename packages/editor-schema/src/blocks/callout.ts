import { findParentNode, InputRule, mergeAttributes, Node } from '@tiptap/core';
import { rangeToWrap } from './wrapping.ts';

/** What a callout is for, from the mildest to the most urgent. */
export const calloutKinds = ['note', 'tip', 'warning'] as const;
export type CalloutKind = (typeof calloutKinds)[number];

/** What a callout is called, for those who see it and those who hear it. */
export const calloutNames: Readonly<Record<CalloutKind, string>> = {
  note: 'Note',
  tip: 'Tip',
  warning: 'Warning',
};

const isKind = (value: unknown): value is CalloutKind => calloutKinds.includes(value as CalloutKind);

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    callout: {
      /** Makes the callout around the cursor one of this kind; where there is none, puts the selected blocks into one. */
      setCallout: (kind: CalloutKind) => ReturnType;
      /** Takes the selected blocks out of their callout. */
      unsetCallout: () => ReturnType;
    };
  }
}

/** Blocks that stand out: a note, a tip, a warning. Typing `[!note] ` begins one. */
export const Callout = Node.create({
  name: 'callout',
  group: 'block',
  content: 'block+',
  defining: true,
  addAttributes: () => ({
    kind: {
      default: 'note' satisfies CalloutKind,
      validate: (value: unknown) => {
        if (!isKind(value)) throw new RangeError(`There are no callouts of the kind ${value}`);
      },
      parseHTML: element => {
        const kind = element.getAttribute('data-callout');
        return isKind(kind) ? kind : 'note';
      },
      renderHTML: ({ kind }) => ({ 'data-callout': kind, 'aria-label': calloutNames[kind as CalloutKind] }),
    },
  }),
  parseHTML: () => [{ tag: 'aside[data-callout]' }],
  // Not a landmark for each of them: the text is one.
  renderHTML: ({ HTMLAttributes }) => [
    'aside',
    mergeAttributes({ role: 'note', dir: 'auto' }, HTMLAttributes),
    0,
  ],
  addCommands() {
    return {
      setCallout:
        kind =>
        ({ state, tr, dispatch }) => {
          const around = findParentNode(({ type }) => type === this.type)(state.selection);
          if (around !== undefined) {
            if (dispatch) tr.setNodeAttribute(around.pos, 'kind', kind);
            return true;
          }
          const range = rangeToWrap(tr.selection, this.type);
          if (range === null) return false;
          if (dispatch) tr.wrap(range, [{ type: this.type, attrs: { kind } }]).scrollIntoView();
          return true;
        },
      unsetCallout:
        () =>
        ({ commands }) =>
          commands.lift(this.name),
    };
  },
  addInputRules() {
    return [
      // As GitHub writes them. There they stand in a quotation; what was one becomes the callout.
      new InputRule({
        find: /^\[!(note|tip|warning)\]\s$/i,
        handler: ({ state: { tr, selection }, range, match }) => {
          const kind = match[1]?.toLowerCase();
          const { $from } = selection;
          const quote = $from.depth > 1 ? $from.node(-1) : null;
          if ($from.parent.type.name !== 'paragraph') return null;
          if (quote?.type.name === 'blockquote' && $from.index(-1) === 0) {
            tr.setNodeMarkup($from.before(-1), this.type, { kind });
          } else {
            const blocks = rangeToWrap(selection, this.type);
            if (blocks === null) return null;
            tr.wrap(blocks, [{ type: this.type, attrs: { kind } }]);
          }
          tr.delete(tr.mapping.map(range.from), tr.mapping.map(range.to));
          return undefined;
        },
      }),
    ];
  },
});
