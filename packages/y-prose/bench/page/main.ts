import { TextSelection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import * as Y from 'yjs';
import { bare } from './bare.ts';
import type { Contender } from './contender.ts';
import { plain } from './plain.ts';
import { plainProse } from './plain-prose.ts';
import { tiptapProse } from './tiptap-prose.ts';
import { tiptapStock } from './tiptap-stock.ts';

const contenders: Record<string, Contender> = {
  bare,
  plain,
  'plain-prose': plainProse,
  'tiptap-stock': tiptapStock,
  'tiptap-prose': tiptapProse,
};

/** What one change cost. */
export interface Cost {
  /** Until the editor's state and the page's elements were changed. */
  readonly scriptMs: number;
  /** Until the browser had then laid the page out again. */
  readonly layoutMs: number;
}

/** What the program that drives the browser can do with the page. */
export interface Bench {
  /** Loads a document and opens an editor on it. */
  open(contender: string, update: string): Promise<{ loadMs: number; scriptMs: number; paintMs: number }>;
  /** Applies an edit of somebody else. */
  receive(update: string): Cost;
  /** Makes all text bold, or ordinary again. */
  toggleBold(): Cost;
  /** Puts the cursor into the middle of the document, in view, and starts to watch keys. */
  prepareTyping(): void;
  /** From the next key, or one that nobody has asked for yet, to the next frame being painted; in ms. */
  keyMs(): Promise<number>;
  /** Sizes of the updates that went out since the last call, in bytes. */
  sentBytes(): number[];
  storedBytes(): number;
  characters(): number;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

interface Opened {
  readonly contender: Contender;
  readonly doc: Y.Doc;
  readonly view: EditorView;
}

let current: Opened | undefined;
const keys: number[] = [];
let onKey = () => {};
let sent: number[] = [];

function opened(): Opened {
  if (current === undefined) throw new Error('Nothing is open');
  return current;
}

window.bench = {
  async open(name, update) {
    const contender = contenders[name];
    const place = document.querySelector<HTMLElement>('#place');
    if (!contender || !place) throw new Error(`There is no contender “${name}”`);
    const bytes = fromBase64(update);
    const start = performance.now();
    const doc = new Y.Doc();
    Y.applyUpdate(doc, bytes);
    const loaded = performance.now();
    const view = contender.open(doc, place);
    current = { contender, doc, view };
    const scripted = performance.now();
    await painted();
    const end = performance.now();
    doc.on('update', (bytes: Uint8Array, origin: unknown) => {
      if (origin !== NETWORK) sent.push(bytes.byteLength);
    });
    return { loadMs: loaded - start, scriptMs: scripted - loaded, paintMs: end - start };
  },

  receive(update) {
    const { contender, doc, view } = opened();
    const bytes = fromBase64(update);
    const receive = contender.receive?.(view, doc, bytes) ?? (() => Y.applyUpdate(doc, bytes, NETWORK));
    return costOf(receive);
  },

  toggleBold() {
    const { view } = opened();
    return costOf(() => {
      const { tr, doc, schema } = view.state;
      const bold = schema.mark('bold');
      const { size } = doc.content;
      view.dispatch(
        doc.rangeHasMark(0, 50, bold.type) ? tr.removeMark(0, size, bold) : tr.addMark(0, size, bold),
      );
    });
  },

  prepareTyping() {
    const { view } = opened();
    const middle = TextSelection.near(view.state.doc.resolve(Math.floor(view.state.doc.content.size / 2)));
    view.dispatch(view.state.tr.setSelection(middle));
    view.focus();
    const { node } = view.domAtPos(middle.from);
    (node.parentElement ?? view.dom).scrollIntoView({ block: 'center' });
    view.dom.addEventListener(
      'keydown',
      event => {
        void painted().then(() => {
          keys.push(performance.now() - event.timeStamp);
          onKey();
        });
      },
      { capture: true },
    );
  },

  async keyMs() {
    if (keys.length === 0) {
      await new Promise<void>(resolve => {
        onKey = resolve;
      });
    }
    return keys.shift() ?? Number.NaN;
  },

  sentBytes() {
    const taken = sent;
    sent = [];
    return taken;
  },

  storedBytes: () => Y.encodeStateAsUpdate(opened().doc).byteLength,
  characters: () => opened().view.state.doc.textContent.length,
};

const NETWORK = Symbol('network');

/** A message that is posted in a frame's callback comes after the frame has been painted. */
function painted(): Promise<void> {
  return new Promise(resolve => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });
  });
}

function costOf(work: () => void): Cost {
  forceLayout();
  const start = performance.now();
  work();
  const scripted = performance.now();
  forceLayout();
  const end = performance.now();
  return { scriptMs: scripted - start, layoutMs: end - scripted };
}

function forceLayout(): void {
  // Reading a height makes the browser lay out what has changed.
  void document.documentElement.scrollHeight;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
}
