import type { Node } from 'prosemirror-model';
import { Plugin, type Transaction } from 'prosemirror-state';
import * as Y from 'yjs';
import { type BoundState, bindState, toSequence, writeSequence } from '../src/index.ts';
import type { Writer } from './commands/edits.ts';
import { ROOT } from './same.ts';
import { schema } from './schema.ts';

/** What one act of one person does: to the text, and to the document that another person sees. */
export interface Effects {
  /** Items of the sequence that were inserted: characters, inline nodes, markers. */
  readonly inserted: readonly Y.Item[];
  /** Places at which formatting now begins or ends. */
  readonly formats: number;
  /** Attributes that were set: of markers that were there, of inline nodes, of the text. */
  readonly attributes: number;
  /** How many units of the sequence were deleted, and in how many runs that lie side by side. */
  readonly deleted: { readonly units: number; readonly runs: number };
  /** How many transactions of Yjs it took. */
  readonly transactions: number;
  /** What the other editor dispatched. */
  readonly remote: readonly Transaction[];
}

/** Two people who have the same document before them; what the first one does the second sees at once. */
export class Pair {
  readonly writer: Writer;
  readonly #bound: readonly BoundState[];
  readonly #text: Y.Text;
  #remote: Transaction[] = [];

  constructor(document: Node) {
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
    [mine.clientID, theirs.clientID] = [1, 2];
    this.#text = mine.getText(ROOT);
    // By somebody else: what is written next is not joined to it.
    mine.clientID = 3;
    writeSequence(this.#text, toSequence(document));
    mine.clientID = 1;
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
    mine.on('update', update => Y.applyUpdate(theirs, update));
    const watch = new Plugin({
      appendTransaction: transactions => {
        this.#remote.push(...transactions.filter(({ docChanged }) => docChanged));
        return null;
      },
    });
    const bound = bindState(this.#text, { schema });
    this.writer = bound;
    this.#bound = [bound, bindState(theirs.getText(ROOT), { schema, plugins: [watch] })];
  }

  /** Does something, and says what came of it. */
  act(work: (writer: Writer) => void): Effects {
    const written: Effects[] = [];
    const note = (transaction: Y.Transaction) => written.push(effectsOf(transaction, this.#text));
    this.#text.doc?.on('afterTransaction', note);
    this.#remote = [];
    work(this.writer);
    this.#text.doc?.off('afterTransaction', note);
    const sum = (of: (effects: Effects) => number) => written.reduce((total, each) => total + of(each), 0);
    return {
      inserted: written.flatMap(({ inserted }) => inserted),
      formats: sum(({ formats }) => formats),
      attributes: sum(({ attributes }) => attributes),
      deleted: { units: sum(({ deleted }) => deleted.units), runs: sum(({ deleted }) => deleted.runs) },
      transactions: written.filter(
        ({ inserted, deleted, formats, attributes }) =>
          inserted.length + deleted.units + formats + attributes > 0,
      ).length,
      remote: this.#remote,
    };
  }

  /** How many items of Yjs there are. */
  get size(): number {
    return [...(this.#text.doc?.store.clients.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
  }

  close(): void {
    for (const editor of this.#bound) editor.destroy();
  }
}

function effectsOf(transaction: Y.Transaction, text: Y.Text): Effects {
  const { beforeState, afterState, doc, deleteSet } = transaction;
  const added: Y.Item[] = [];
  for (const [client, end] of afterState) {
    const start = beforeState.get(client) ?? 0;
    if (end === start) continue;
    for (const struct of doc.store.clients.get(client) ?? []) {
      if (struct instanceof Y.Item && struct.id.clock >= start) added.push(struct);
    }
  }
  const isOfText = ({ parent, parentSub }: Y.Item) => parent === (text as unknown) && parentSub === null;
  const inserted = added.filter(item => isOfText(item) && item.countable);
  const inNew = ({ parent }: Y.Item) =>
    inserted.some(({ content }) => 'type' in content && content.type === parent);
  const deleted = { units: 0, runs: 0 };
  let isInRun = false;
  for (let item = text._start; item !== null; item = item.right) {
    if (!item.deleted && item.countable) isInRun = false;
    else if (item.countable && Y.isDeleted(deleteSet, item.id)) {
      deleted.units += item.length;
      if (!isInRun) deleted.runs++;
      isInRun = true;
    }
  }
  return {
    inserted,
    formats: added.filter(item => isOfText(item) && !item.countable).length,
    attributes: added.filter(item => item.parentSub !== null && !inNew(item)).length,
    deleted,
    transactions: 1,
    remote: [],
  };
}
