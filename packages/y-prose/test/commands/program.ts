import { Fragment, Node, Slice } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';
import { AddMarkStep, canJoin, ReplaceAroundStep, ReplaceStep } from 'prosemirror-transform';
import type { Letters } from '../letters.ts';
import { schema } from '../schema.ts';
import { type Choice, type Command, nodesOf, pickFrom } from './command.ts';

// What programs and plugins do to a document: anything that a transaction can hold.

type RawStep = (transaction: Transaction, choice: Choice, letters: Letters) => void;

function range(doc: Node, { at, to }: Choice): { from: number; to: number } {
  const size = doc.content.size + 1;
  const ends = [at % size, to % size].sort((a, b) => a - b);
  return { from: ends[0] ?? 0, to: ends[1] ?? 0 };
}

function someSlice({ content, pick, at }: Choice, letters: Letters): Slice {
  const from = pick % (content.content.size + 1);
  const end = from + (at % Math.min(12, content.content.size - from + 1));
  return letters.renewSlice(content.slice(from, end));
}

const rawSteps: readonly RawStep[] = [
  (transaction, choice, letters) => {
    const { from, to } = range(transaction.doc, choice);
    transaction.replace(from, Math.min(to, from + 8), someSlice(choice, letters));
  },
  (transaction, choice) => {
    const { from, to } = range(transaction.doc, choice);
    transaction.delete(from, Math.min(to, from + 12));
  },
  (transaction, choice) => {
    const { from, to } = range(transaction.doc, choice);
    transaction.deleteRange(from, Math.min(to, from + 20));
  },
  (transaction, choice, letters) => {
    const { from, to } = range(transaction.doc, choice);
    transaction.maybeStep(new ReplaceStep(from, Math.min(to, from + 4), someSlice(choice, letters)));
  },
  (transaction, choice) => {
    // Exchanges the node around a node's content.
    const found = pickFrom(
      nodesOf(transaction.doc, node => !node.isInline && !node.isLeaf),
      choice.at,
    );
    const type = pickFrom(
      Object.values(schema.nodes).filter(({ isLeaf, name }) => !isLeaf && name !== 'doc'),
      choice.pick,
    );
    if (!found || !type) return;
    const { pos, node } = found;
    const slice = new Slice(Fragment.from(type.create()), 0, 0);
    const end = pos + node.nodeSize;
    transaction.maybeStep(new ReplaceAroundStep(pos, end, pos + 1, end - 1, slice, 1, true));
  },
  (transaction, choice) => {
    const { from, to } = range(transaction.doc, choice);
    transaction.maybeStep(new AddMarkStep(from, to, schema.mark('bold')));
  },
  (transaction, choice) => {
    const { from } = range(transaction.doc, choice);
    if (canJoin(transaction.doc, from)) transaction.join(from);
  },
];

/** Several arbitrary steps in one transaction. */
export const steps: Command = (state, choice, letters) => {
  const transaction = state.tr;
  let { at, to, pick } = choice;
  for (let count = 1 + (pick % 3); count > 0; count--) {
    const step = pickFrom(rawSteps, pick);
    try {
      step?.(transaction, { ...choice, at, to, pick }, letters);
    } catch (error) {
      // ProseMirror's own refusal of a step that does not fit.
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }
    [at, to, pick] = [to * 7 + 3, at * 5 + 1, pick * 3 + 2];
  }
  return transaction.docChanged ? transaction : undefined;
};

/** Replaces the whole document by a copy of itself in which one thing is different, as `setContent` does it. */
export const setContent: Command = (state, { pick, at }, letters) => {
  const copy = Node.fromJSON(schema, state.doc.toJSON());
  let changed: Fragment;
  switch (pick % 4) {
    case 0:
      changed = copy.content;
      break;
    case 1:
      changed = copy.content.addToEnd(schema.node('paragraph', null, schema.text(letters.take(3))));
      break;
    case 2:
      changed = copy.content.addToStart(schema.node('heading', null, schema.text(letters.take(3))));
      break;
    default: {
      if (copy.childCount < 2) return undefined;
      const left = at % copy.childCount;
      changed = Fragment.fromArray(copy.children.filter((_, index) => index !== left));
    }
  }
  return state.tr.replaceWith(0, state.doc.content.size, changed);
};

/** Other content altogether. */
export const replaceContent: Command = (state, { content }, letters) =>
  state.tr.replaceWith(0, state.doc.content.size, letters.renew(content).content);
