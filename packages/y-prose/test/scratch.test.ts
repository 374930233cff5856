import fc from 'fast-check';
import { EditorState } from "prosemirror-state";
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { fixTables } from 'prosemirror-tables';
import { bindState, readDocument, readSequence, writeSequence, toSequence, undo, redo, yUndo } from '../src/index.ts';
import { edits, perform } from './commands/edits.ts';
import { documents } from './documents.ts';
import { Letters } from './letters.ts';
import { Ledger, lettersOf } from './ledger.ts';
import { schema } from './schema.ts';

const sorted = (n: any) => JSON.stringify(n.toJSON(), (k, v) => k === 'marks' ? v.map((m: any) => JSON.stringify(m)).sort() : v);
const N = Number(process.env.N ?? 300);
const SEED = process.env.SEED ? { seed: Number(process.env.SEED), ...(process.env.FPATH ? { path: process.env.FPATH } : {}) } : {};
const stats = { edits: 0, altered: 0, thrown: 0 };
test('fuzz', () => {
  fc.assert(
    fc.property(documents, fc.array(fc.record({ who: fc.nat(2), edit: edits, sync: fc.nat(9), undo: fc.nat(20) }), { maxLength: 25 }), (content, list) => {
      const letters = new Letters();
      const ledger = new Ledger();
      const docs = [1, 2, 3].map(id => { const d = new Y.Doc(); d.clientID = id; return d; });
      const first = letters.renew(content);
      writeSequence(docs[0]!.getText('c'), toSequence(first));
      for (const d of docs) Y.applyUpdate(d, Y.encodeStateAsUpdate(docs[0]!));
      ledger.enter('', lettersOf(first));
      const editors = docs.map(d => bindState(d.getText('c'), { schema, plugins: [yUndo({ captureTimeout: 0 })] }));
      const exchange = (a: number, b: number) => Y.applyUpdate(docs[b]!, Y.encodeStateAsUpdate(docs[a]!, Y.encodeStateVector(docs[b]!)));
      const check = (i: number) => {
        const e = editors[i]!;
        e.state.doc.check();
        expect(e.state.doc.toJSON()).toEqual(readDocument(docs[i]!.getText('c'), schema).toJSON());
        expect(fixTables(e.state)).toBeUndefined();
      };
      try {
        for (const { who, edit, sync, undo: u } of list) {
          const e = editors[who]!;
          const before = lettersOf(e.state.doc);
          if (u === 0) undo(e.state, () => {});
          else if (u === 1) redo(e.state, () => {});
          else {
            const was = e.state.doc.toString(); let tr: any; try { tr = perform({ get state() { return e.state; }, dispatch: t => e.dispatch(t) }, edit, letters); } catch (error) { if (/y-prose.src/.test(String((error as Error).stack))) throw error; stats.thrown++; continue; }
            if (tr) { stats.edits++; if (process.env.LOG) console.log(edit.name, was, '\n  =>', tr.doc.toString(), '\n  ==', e.state.doc.toString(), '\n', JSON.stringify(readSequence(docs[who]!.getText('c')).blocks), JSON.stringify([...readSequence(docs[who]!.getText('c')).containers]));
            if (!e.state.doc.eq(tr.doc)) { stats.altered++; if (process.env.STRICT && sorted(e.state.doc) !== sorted(tr.doc) && !fixTables(EditorState.create({ doc: tr.doc }))) expect(e.state.doc.toJSON()).toEqual(tr.doc.toJSON()); } }
          }
          ledger.enter(before, lettersOf(e.state.doc));
          check(who);
          if (sync < 3) { exchange(who, sync); check(sync); }
        }
        for (const a of [0, 1, 2]) for (const b of [0, 1, 2]) exchange(a, b);
        for (const a of [0, 1, 2]) for (const b of [0, 1, 2]) exchange(a, b);
        for (const i of [0, 1, 2]) check(i);
        expect(editors[1]!.state.doc.toJSON()).toEqual(editors[0]!.state.doc.toJSON());
        expect(editors[2]!.state.doc.toJSON()).toEqual(editors[0]!.state.doc.toJSON());
        expect(ledger.lostFrom(lettersOf(editors[0]!.state.doc))).toEqual([]);
      } finally { for (const e of editors) e.destroy(); }
    }),
    { numRuns: N, ...SEED, interruptAfterTimeLimit: 100_000 },
  );
  console.log(stats);
}, 200_000);
