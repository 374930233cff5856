import type { Node } from 'prosemirror-model';
import type { EditorState, Transaction } from 'prosemirror-state';
import type { StepMap } from 'prosemirror-transform';
import type * as Y from 'yjs';
import { Changes, extentOf } from './changes.ts';
import { giveFirstMarker } from './first-marker.ts';
import { type FormerBlock, type FormerBlocks, originsIn } from './former.ts';
import { type Held, holdBlock } from './hold.ts';
import { keepPlace } from './keep-place.ts';
import { LiveSequence, type Origins } from './live.ts';
import { relativePosition } from './positions.ts';
import { takePrepared } from './prepared.ts';
import { applyAnyway, isRefused } from './refusal.ts';
import { sameNode } from './same-node.ts';
import type { Block } from './sequence.ts';
import type { Placed } from './shape.ts';
import { changeSteps } from './show-changes.ts';
import { writeChanges, writeHeld } from './write-changes.ts';

/** What a binding keeps in step with a text: an editor, with or without a view. */
export interface Host {
  readonly state: EditorState;
  dispatch(transaction: Transaction): void;
  /** Takes over a state as it is. */
  update(state: EditorState): void;
  /** A position in the textblock in which an input method is composing; `null`: none is. */
  composingAt(): number | null;
  /** Marks a transaction that comes from the text. */
  mark(transaction: Transaction): Transaction;
  /** The maps of all steps since the last transaction that came from the text or was written; `null`: not known. */
  takeMaps(): readonly StepMap[] | null;
}

interface RelativeSelection {
  readonly anchor: Y.RelativePosition;
  readonly head: Y.RelativePosition;
}

const NOWHERE: Origins = new Map();

/** Keeps an editor's document and a text the same. */
export class Binding {
  readonly live: LiveSequence;
  readonly host: Host;
  readonly #origin: unknown;
  #changes: Changes;
  #selectionBefore: RelativeSelection | null = null;
  #isWriting = false;
  /** How far a transaction was when what it had done was last taken up. */
  #followed: { readonly transaction: Y.Transaction; readonly extent: number } | null = null;
  /** What the editor shows while changes of the text are held back from it. */
  #held: Held | null = null;
  /** Whether all changes are held back, rather than those of the textblock in which an input method composes. */
  #isAllHeld = false;
  /** The last tree whose nodes are those of a document of the editor. */
  #adopted: Placed | null = null;
  /** Whether the editor has shown the text yet: before, what it shows is nobody's doing. */
  #hasBegun = false;

  /** @param origin - of the Yjs transactions that this binding makes */
  constructor(text: Y.Text, host: Host, origin: unknown) {
    this.host = host;
    this.#origin = origin;
    this.live = takePrepared(host.state.doc, text) ?? new LiveSequence(text, host.state.schema);
    this.#changes = new Changes(text);
    this.live.doc.on('afterTransaction', this.#note);
    this.live.doc.on('afterAllTransactions', this.#read);
    this.#hasBegun = this.#isInStep(host.state.doc);
  }

  /** Whether it is this document that the text shows. */
  shows(doc: Node): boolean {
    return this.live.tree.root.node === doc;
  }

  /** Shows the text in an editor that was made with something else. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.show();
  }

  destroy(): void {
    this.live.doc.off('afterTransaction', this.#note);
    this.live.doc.off('afterAllTransactions', this.#read);
  }

  /** Shows the text where the editor shows something else. */
  show(): void {
    const { doc } = this.host.state;
    const { root } = this.live.tree;
    if (!doc.eq(root.node)) this.#dispatch(unplaced(doc), root, NOWHERE);
  }

  /** Where the selection was before what is written last. */
  get selectionBefore(): RelativeSelection | null {
    return this.#selectionBefore;
  }

  /** Takes note of the selection of a state whose document the text shows. */
  noteSelection({ doc, selection }: EditorState): void {
    if (doc !== this.live.tree.root.node) return;
    this.#selectionBefore = {
      anchor: relativePosition(this.live, selection.anchor, 0),
      head: relativePosition(this.live, selection.head, 0),
    };
  }

  /**
   * Writes what the editor has changed.
   *
   * @param earlier - the state before it was changed
   */
  write(earlier?: EditorState): void {
    const { doc } = this.host.state;
    const maps = this.host.takeMaps();
    if (!this.#hasBegun) {
      this.begin();
      return;
    }
    if (this.#held !== null) {
      this.#writeHeld(this.#held, doc, maps);
      return;
    }
    if (this.#isInStep(doc)) return;
    if (earlier !== undefined) this.noteSelection(earlier);
    this.#transact(transaction => this.#writeAll(doc, maps, transaction));
    if (!this.#isInStep(doc)) this.show();
  }

  #writeAll(doc: Node, maps: readonly StepMap[] | null, transaction: Y.Transaction): void {
    const spared = new Set<string>();
    giveFirstMarker(this.live, transaction);
    writeChanges(this.live, doc, maps, transaction, 'least', spared);
    // What the schema asked for before, it does not always ask for after a change: then everything is written out.
    for (const care of ['window', 'all'] as const) {
      this.#follow(transaction);
      if (this.#isInStep(doc) || sameButForOrder(this.live.tree.root.node, doc)) return;
      writeChanges(this.live, doc, null, transaction, care, spared);
    }
  }

  /** Takes up what a transaction that is not at its end has done so far. */
  #follow(transaction: Y.Transaction): void {
    const changes = new Changes(this.live.text);
    changes.add(transaction);
    this.live.update(changes);
    this.#followed = { transaction, extent: extentOf(transaction) };
  }

  #writeHeld(held: Held, doc: Node, maps: readonly StepMap[] | null): void {
    if (held.root.node !== doc && !held.root.node.eq(doc)) {
      let now: Held | null = null;
      this.#transact(transaction => {
        now = writeHeld(this.live, held, doc, maps, transaction);
      });
      this.#held = now;
      if (now === null) {
        this.#isAllHeld = false;
        this.show();
      }
    }
    if (this.host.composingAt() === null) this.catchUp();
  }

  /**
   * Shows what was held back.
   *
   * @param isUrgent - whether a composition may be interrupted for it
   */
  catchUp(isUrgent = false): void {
    const held = this.#held;
    if (held === null || (!isUrgent && this.host.composingAt() !== null)) return;
    this.#held = null;
    this.#isAllHeld = false;
    if (held.root.node.eq(this.host.state.doc)) {
      this.#dispatch(held.root, this.live.tree.root, originsIn(held.former, this.live));
    } else this.show();
  }

  #isInStep(doc: Node): boolean {
    const { root } = this.live.tree;
    if (root.node === doc) return true;
    if (!sameNode(root.node, doc)) return false;
    this.#adopt(root, doc);
    return true;
  }

  /** Takes over the nodes of an equal document, so that what is the same is found by identity. */
  #adopt(root: Placed, node: Node): void {
    adopt(root, node, this.#adopted);
    this.#adopted = root;
  }

  #transact(change: (transaction: Y.Transaction) => void): void {
    this.#isWriting = true;
    try {
      this.live.doc.transact(change, this.#origin);
    } finally {
      this.#isWriting = false;
    }
  }

  readonly #note = (transaction: Y.Transaction): void => {
    const followed = this.#followed;
    this.#followed = null;
    if (followed?.transaction === transaction && followed.extent === extentOf(transaction)) return;
    this.#changes.add(transaction);
  };

  readonly #read = (): void => {
    const changes = this.#changes;
    this.#changes = new Changes(this.live.text);
    const composing = this.host.composingAt();
    const shown = this.#held?.root ?? this.live.tree.root;
    // An editor that has changed and not written it yet knows the text only as it was.
    const isBehind = !this.#isWriting && this.#hasBegun && !shown.node.eq(this.host.state.doc);
    const former: FormerBlocks = new Map();
    const mayWait = this.#held !== null || composing !== null || isBehind;
    const origins = this.live.update(changes, mayWait ? former : undefined);
    if (origins === null || !this.#hasBegun) return;
    if (this.#isWriting) return;
    if (!mayWait) this.#dispatch(shown, this.live.tree.root, origins);
    else this.#showAround(shown, isBehind ? null : composing, origins, former);
  };

  /** Shows what need not be held back: with nothing composed, nothing. */
  #showAround(shown: Placed, composing: number | null, origins: Origins, former: FormerBlocks): void {
    const known = this.#held?.former ?? new Map<Block, FormerBlock>();
    const markers = new Set([...known.values()].map(({ marker }) => marker));
    const all = new Map([...known, ...[...former].filter(([, { marker }]) => !markers.has(marker))]);
    const around =
      composing === null || this.#isAllHeld ? null : holdBlock(shown, composing, this.live, origins, all);
    this.#isAllHeld = around === null;
    this.#held = around === null ? { root: shown, former: all } : around.held;
    if (around !== null) this.#dispatch(shown, around.root, origins);
  }

  #dispatch(before: Placed, now: Placed, origins: Origins): void {
    const steps = changeSteps(before, now, origins);
    if (steps.length === 0) {
      this.#adopt(now, before.node);
      return;
    }
    const { state } = this.host;
    const { tr } = state;
    for (const step of steps) tr.step(step);
    const transaction = this.host.mark(
      keepPlace(tr, state).setStoredMarks(state.storedMarks).setMeta('addToHistory', false),
    );
    this.#adopt(now, transaction.doc);
    // It is in the text: an editor that did not show it would take it back with the next edit.
    const showAnyway = () => {
      if (this.host.state.doc === state.doc) this.host.update(applyAnyway(state, transaction));
    };
    try {
      this.host.dispatch(transaction);
    } catch (error) {
      // Some plugin could not bear it.
      showAnyway();
      throw error;
    }
    if (isRefused(state, transaction)) showAnyway();
  }
}

/** Whether two documents differ at most in the order of marks of one type, which a text does not keep. */
function sameButForOrder(a: Node, b: Node): boolean {
  if (a === b) return true;
  const sameMarks = a.marks.length === b.marks.length && a.marks.every(mark => mark.isInSet(b.marks));
  if (!sameMarks || a.text !== b.text || !a.hasMarkup(b.type, b.attrs, a.marks)) return false;
  return (
    a.childCount === b.childCount && a.children.every((child, at) => sameButForOrder(child, b.child(at)))
  );
}

/** @param known - a tree that has taken over its document's nodes: what both have in common is left out */
function adopt(placed: Placed, node: Node, known: Placed | null): void {
  if (placed.node === node) return;
  placed.node = node;
  const { children } = placed;
  if (children === null) return;
  const [before, nodesBefore, nodes] = [known?.children, known?.node.children, node.children];
  for (let index = 0; index < children.length; index++) {
    const child = children[index] as Placed;
    const isKnown = child === before?.[index] && nodes[index] === nodesBefore?.[index];
    if (!isKnown) adopt(child, nodes[index] as Node, before?.[index] ?? null);
  }
}

function unplaced(node: Node): Placed {
  const children: Placed[] | null = node.isTextblock || node.isLeaf ? null : [];
  node.forEach(child => {
    children?.push(unplaced(child));
  });
  return { node, id: '', children, shows: null };
}
