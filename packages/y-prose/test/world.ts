import type { Node } from 'prosemirror-model';
import { type EditorState, Plugin, type Transaction } from 'prosemirror-state';
import { fixTables, tableEditing } from 'prosemirror-tables';
import { expect } from 'vitest';
import * as Y from 'yjs';
import {
  type BoundState,
  bindState,
  fromRelativePosition,
  readDocument,
  readSequence,
  redo,
  toRelativePosition,
  toSequence,
  toTree,
  undo,
  updateDocument,
  yUndo,
} from '../src/index.ts';
import { type Edit, perform, type Writer } from './commands/edits.ts';
import { withOrderedMarks } from './documents.ts';
import { repeatIds } from './effort.ts';
import { carriedBy, Ledger, lettersIn, lettersOf, positionsOf } from './ledger.ts';
import { isLetter, Letters } from './letters.ts';
import { expectSame, ROOT } from './same.ts';
import { schema } from './schema.ts';

/** What can happen to a few people with one document. Whole numbers are taken modulo what there is to choose from. */
export type Action =
  | { readonly act: 'edit'; readonly who: number; readonly edit: Edit }
  | { readonly act: 'deliver'; readonly who: number; readonly which: number }
  | { readonly act: 'deliverSeveral'; readonly who: number; readonly count: number; readonly merged: boolean }
  | { readonly act: 'undo' | 'redo' | 'reopen' | 'anchor'; readonly who: number; readonly which: number };

/** One person's copy of the document, and the edits of others that are on their way to it. */
interface Peer {
  readonly text: Y.Text;
  readonly inbox: Uint8Array[];
}

interface Anchor {
  readonly letter: string;
  /** On which side of the letter. */
  readonly side: 'before' | 'after';
  readonly position: Y.RelativePosition;
}

export interface WorldOptions {
  /** How many copies of the document there are. Default: 2. */
  readonly peers?: number;
  /** How many editors each copy has. Default: 1. */
  readonly editorsEach?: number;
}

/**
 * A few people who write in one document over a network that delivers in any order. Everything that must hold at every
 * moment is checked at every moment; {@link settle} delivers the rest and checks what must hold in the end.
 */
export class World {
  readonly letters = new Letters();
  readonly ledger = new Ledger();
  readonly editors: Editor[] = [];
  readonly #peers: Peer[] = [];
  readonly #anchors: Anchor[] = [];

  constructor(seed: Node, { peers = 2, editorsEach = 1 }: WorldOptions = {}) {
    repeatIds();
    const origin = new Y.Doc();
    origin.clientID = 9_000_000;
    updateDocument(origin.getText(ROOT), this.letters.renew(seed));
    const update = Y.encodeStateAsUpdate(origin);
    for (let index = 0; index < peers; index++) {
      const doc = new Y.Doc();
      // A failing run must be repeatable: who wins among concurrent edits depends on these.
      doc.clientID = 3_000_000 + index;
      Y.applyUpdate(doc, update);
      const peer: Peer = { text: doc.getText(ROOT), inbox: [] };
      doc.on('update', (bytes: Uint8Array, origin: unknown) => {
        if (origin !== NETWORK) for (const other of this.#peers) if (other !== peer) other.inbox.push(bytes);
      });
      this.#peers.push(peer);
      for (let count = 0; count < editorsEach; count++) this.editors.push(new Editor(peer.text, this.ledger));
    }
    this.ledger.enter('', lettersOf(this.#editor(0).state.doc));
  }

  #editor(number: number): Editor {
    return this.editors[number % this.editors.length] as Editor;
  }

  /** @returns whether something was done */
  act(action: Action): boolean {
    const done = this.#act(action);
    for (const editor of this.editors) editor.check();
    return done;
  }

  #act(action: Action): boolean {
    const editor = this.#editor(action.who);
    switch (action.act) {
      case 'edit':
        return this.#edit(editor, action.edit);
      case 'undo':
      case 'redo':
        return this.#undo(editor, action.act === 'undo' ? undo : redo);
      case 'deliver':
        return this.#deliver(this.#peers[action.who % this.#peers.length] as Peer, action.which);
      case 'deliverSeveral':
        return this.#deliverSeveral(
          this.#peers[action.who % this.#peers.length] as Peer,
          action.count,
          action.merged,
        );
      case 'reopen': {
        editor.close();
        this.editors[this.editors.indexOf(editor)] = new Editor(editor.text, this.ledger);
        return true;
      }
      case 'anchor':
        return this.#anchor(editor, action.which);
    }
  }

  #edit(editor: Editor, edit: Edit): boolean {
    const before = lettersOf(editor.state.doc);
    const hidden = hiddenIn(editor);
    const items = itemsOf(editor.text);
    let updates = 0;
    const count = () => updates++;
    editor.text.doc?.on('update', count);
    const transaction = perform(editor, edit, this.letters);
    editor.text.doc?.off('update', count);
    if (!transaction) return false;
    const intended = lettersOf(transaction.doc);
    this.ledger.enter(before, intended, /^(move|merge)/.test(edit.name) ? carriedBy(transaction) : undefined);
    expect(updates, `${edit.name}: updates that it sent`).toBeLessThanOrEqual(1);
    expect(this.#remade(items, itemsOf(editor.text)), `${edit.name}: letters that it wrote anew`).toEqual([]);
    const shown = [...lettersOf(editor.state.doc)].filter(letter => !hidden.has(letter)).join('');
    expect(shown, `${edit.name}: the text that the editor shows`).toBe(intended);
    // What was out of sight may have come into sight.
    if (hidden.size === 0 && hiddenIn(editor).size === 0) {
      const meant = toTree(toSequence(editor.meant), schema);
      expectSame(
        withOrderedMarks(editor.state.doc),
        withOrderedMarks(meant),
        `${edit.name}: as it was meant`,
      );
    }
    return true;
  }

  /** Letters whose place nobody changed, but which are not the same items any more: what hung on them is lost. */
  #remade(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
    return [...now.keys()].filter(
      letter => before.has(letter) && before.get(letter) !== now.get(letter) && !this.ledger.hasMoved(letter),
    );
  }

  #undo(editor: Editor, command: typeof undo): boolean {
    const before = lettersIn(readSequence(editor.text));
    if (!command(editor.state, editor.dispatch)) return false;
    this.ledger.enter(before, lettersIn(readSequence(editor.text)));
    return true;
  }

  #deliver({ text, inbox }: Peer, which: number): boolean {
    const [update] = inbox.length === 0 ? [] : inbox.splice(which % inbox.length, 1);
    if (!update) return false;
    this.#apply(text, [update]);
    return true;
  }

  #deliverSeveral({ text, inbox }: Peer, count: number, merged: boolean): boolean {
    const updates = inbox.splice(0, count);
    if (updates.length === 0) return false;
    this.#apply(text, merged ? [Y.mergeUpdates(updates)] : updates);
    return true;
  }

  #apply(text: Y.Text, updates: readonly Uint8Array[]): void {
    const { doc } = text;
    if (!doc) throw new Error('The text belongs to no document');
    const watched = this.editors.filter(editor => editor.text === text);
    for (const editor of watched) editor.isReceiving = true;
    let answers = 0;
    const count = (_: Uint8Array, origin: unknown) => {
      if (origin !== NETWORK) answers++;
    };
    doc.on('update', count);
    try {
      const [only] = updates;
      // Some providers apply each update by itself, others several in a transaction of their own.
      if (only !== undefined && updates.length === 1) Y.applyUpdate(doc, only, NETWORK);
      else {
        doc.transact(() => {
          for (const update of updates) Y.applyUpdate(doc, update, NETWORK);
        }, NETWORK);
      }
    } catch (error) {
      // prosemirror-tables cannot bear that a row which is selected has no cells any more.
      if (!/No cell with offset/.test(String(error))) throw error;
    }
    doc.off('update', count);
    expect(answers, 'what somebody wrote by reading what others did').toBe(0);
    for (const editor of watched) editor.isReceiving = false;
  }

  #anchor(editor: Editor, which: number): boolean {
    const places = [...positionsOf(editor.state.doc)];
    const [letter, pos] = places[which % Math.max(1, places.length)] ?? [];
    if (letter === undefined || pos === undefined) return false;
    const side = which % 2 === 0 ? 'before' : 'after';
    const position = toRelativePosition(
      editor.state,
      side === 'before' ? pos : pos + 1,
      side === 'before' ? 1 : -1,
    );
    if (position === null) throw new Error(`There is no relative position for ${pos}`);
    this.#anchors.push({ letter, side, position });
    return true;
  }

  /** Delivers everything and checks that everybody has the same document, that nothing is lost and that anchors hold. */
  settle(): void {
    for (const peer of this.#peers) {
      this.#deliverSeveral(peer, peer.inbox.length, false);
      for (const editor of this.editors) editor.check();
    }
    const [first, ...others] = this.editors.map(({ state }) => state.doc);
    if (!first) throw new Error('Nobody is here');
    for (const other of others) expectSame(other, first, 'the documents of two people');

    const text = lettersOf(first);
    expect(this.ledger.lostFrom(lettersIn(readSequence(this.#editor(0).text))), `lost from ${first}`).toEqual(
      [],
    );
    expect(this.ledger.surplusIn(text), `too often in ${first}`).toEqual([]);

    const positions = positionsOf(first);
    for (const { letter, side, position } of this.#anchors) {
      // Inline nodes can be in a block that has no room for them.
      if (!this.ledger.isAtHome(letter) || !positions.has(letter)) continue;
      const expected = (positions.get(letter) ?? Number.NaN) + (side === 'before' ? 0 : 1);
      for (const { state } of this.editors) {
        expect(fromRelativePosition(state, position), `the anchor ${side} ${letter} in ${first}`).toBe(
          expected,
        );
      }
    }
  }

  close(): void {
    for (const editor of this.editors) editor.close();
    for (const { text } of this.#peers) text.doc?.destroy();
  }
}

/** The origin of what comes from others. */
const NETWORK = Symbol('network');

/** An editor that watches what its binding does to it. */
export class Editor implements Writer {
  readonly text: Y.Text;
  readonly #bound: BoundState;
  readonly #complaints: string[] = [];
  /** Whether what happens now comes from others. */
  isReceiving = false;

  constructor(text: Y.Text, ledger: Ledger) {
    this.text = text;
    const watch = new Plugin<null>({
      state: {
        init: () => null,
        apply: (transaction, _value, before) => {
          if (this.isReceiving) this.#complaints.push(...misplaced(transaction, before, ledger));
          return null;
        },
      },
    });
    this.#bound = bindState(text, { schema, plugins: [tableEditing(), yUndo(), watch] });
    this.meant = this.state.doc;
  }

  get state(): EditorState {
    return this.#bound.state;
  }

  /** The document that its plugins made of what was last dispatched, before any of it was written. */
  meant: Node;

  dispatch = (transaction: Transaction): void => {
    this.meant = this.state.apply(transaction).doc;
    this.#bound.dispatch(transaction);
  };

  /** What must hold at every moment. */
  check(): void {
    const { doc } = this.state;
    doc.check();
    expectSame(doc, readDocument(this.text, schema), 'what the editor shows and what is in the sequence');
    expect(this.#complaints, 'letters that a remote change displaced').toEqual([]);
    expect(fixTables(this.state)?.steps, 'what prosemirror-tables finds to mend').toBeUndefined();
  }

  close(): void {
    this.#bound.destroy();
  }
}

/** Letters of inline nodes that are in the sequence, but for which the document has no room: an edit may make some. */
function hiddenIn({ text, state }: Editor): Set<string> {
  const shown = new Set(lettersOf(state.doc));
  return new Set([...lettersIn(readSequence(text))].filter(letter => !shown.has(letter)));
}

/** Where Yjs keeps each letter. */
function itemsOf(text: Y.Text): Map<string, string> {
  const items = new Map<string, string>();
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    for (const [offset, letter] of [...lettersAt(item)].entries()) {
      if (isLetter(letter)) items.set(letter, `${item.id.client}:${item.id.clock + offset}`);
    }
  }
  return items;
}

function lettersAt({ content }: Y.Item): string {
  if (content instanceof Y.ContentString) return content.str;
  if (!(content instanceof Y.ContentType) || !(content.type instanceof Y.Map)) return '';
  return `${content.type.get('@letter') ?? ''}`;
}

/** Letters that a transaction keeps but maps to somewhere else. */
function misplaced(transaction: Transaction, before: EditorState, ledger: Ledger): string[] {
  if (!transaction.docChanged) return [];
  const now = positionsOf(transaction.doc);
  return [...positionsOf(before.doc)].flatMap(([letter, pos]) => {
    const place = now.get(letter);
    if (place === undefined || ledger.hasMoved(letter)) return [];
    const mapped = transaction.mapping.map(pos, 1);
    return mapped === place ? [] : [`${letter} at ${pos} is at ${place}, mapped to ${mapped}`];
  });
}
