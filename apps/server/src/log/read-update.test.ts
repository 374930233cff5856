import { DOCUMENT_ROOT } from '@cahier/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { randomDocument, updatesOf } from '../../test/random-documents.ts';
import { advance, integrate, type StateVector } from './integrate.ts';
import { RefusedUpdate } from './refused-update.ts';

const nothing: StateVector = new Map();

/** The code with which an update is refused, or `taken`. */
function verdict(bytes: Uint8Array, known: StateVector = nothing): string {
  try {
    integrate(bytes, DOCUMENT_ROOT, known);
    return 'taken';
  } catch (error) {
    if (error instanceof RefusedUpdate) return error.code;
    throw error;
  }
}

/** Info bytes of a text that has a left neighbour, or a right one. */
const LEFT = Uint8Array.of(0x84);
const RIGHT = Uint8Array.of(0x44);

type Part = number | string | Uint8Array;

/** The bytes of an update, written by hand: numbers are varints, strings have their length in front. */
function bytes(...parts: (Part | Part[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flat().flatMap(part => {
      if (part instanceof Uint8Array) return [...part];
      if (typeof part === 'string') return [part.length, ...Buffer.from(part)];
      const varint = [];
      for (; part > 127; part = Math.floor(part / 128)) varint.push((part % 128) | 128);
      return [...varint, part];
    }),
  );
}

const huge = Number.MAX_SAFE_INTEGER;

/** One client (1), one text of three letters in the root. */
const hello = bytes(1, 1, 1, 0, 4, 1, DOCUMENT_ROOT, 'abc', 0);

describe('an update is read to its last byte', () => {
  test.each([
    ['a text in the root', hello, 'taken'],
    ['nothing at all', bytes(0, 0), 'taken'],
    ['no bytes', bytes(), 'update_malformed'],
    ['a byte too many', Uint8Array.from([...hello, 0]), 'update_malformed'],
    ['a byte too few', hello.slice(0, -1), 'update_malformed'],
    [
      'a string that is not UTF-8',
      Uint8Array.from([1, 1, 1, 0, 4, 1, 1, 0xff, 1, 97, 0]),
      'update_malformed',
    ],
    ['an empty text', bytes(1, 1, 1, 0, 4, 1, DOCUMENT_ROOT, '', 0), 'update_malformed'],
    ['an unknown kind of content', bytes(1, 1, 1, 0, 11, 1, DOCUMENT_ROOT, 0), 'update_malformed'],
    ['an unknown shared type', bytes(1, 1, 1, 0, 7, 1, DOCUMENT_ROOT, 7, 0), 'update_malformed'],
    ['an embed that is not JSON', bytes(1, 1, 1, 0, 5, 1, DOCUMENT_ROOT, '{', 0), 'update_malformed'],
    ['an unknown kind of parent', bytes(1, 1, 1, 0, 4, 2, DOCUMENT_ROOT, 'a', 0), 'update_malformed'],
    ['the same client twice', bytes(2, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0), 'update_malformed'],
    ['an empty deletion', bytes(1, 1, 1, 0, 4, 1, DOCUMENT_ROOT, 'abc', 1, 1, 1, 0, 0), 'update_malformed'],
    ['clocks beyond all numbers', bytes(1, 1, 1, huge, 0, huge, 0), 'update_malformed'],
    ['another root type', bytes(1, 1, 1, 0, 4, 1, 'other', 'abc', 0), 'update_foreign'],
    [
      'a document inside the document',
      bytes(1, 1, 1, 0, 9, 1, DOCUMENT_ROOT, 'guid', 118, 0, 0),
      'update_foreign',
    ],
  ])('%s', (_, update, expected) => {
    expect(verdict(update)).toBe(expected);
  });

  test.each([
    ['clients', bytes(huge)],
    ['structs', bytes(1, huge, 1, 0)],
    ['values', bytes(1, 1, 1, 0, 8, 1, DOCUMENT_ROOT, huge)],
    ['JSON texts', bytes(1, 1, 1, 0, 2, 1, DOCUMENT_ROOT, huge)],
    ['entries of an object', bytes(1, 1, 1, 0, 8, 1, DOCUMENT_ROOT, 1, 118, huge)],
    ['bytes', bytes(1, 1, 1, 0, 3, 1, DOCUMENT_ROOT, huge)],
    ['deletions', bytes(0, 1, 1, huge)],
  ])('a huge declared number of %s is refused without being believed', (_, update) => {
    expect(verdict(update)).toBe('update_malformed');
  });

  test('values nested so deeply that a browser would fail on them are refused', () => {
    const nested = (depth: number) =>
      bytes(1, 1, 1, 0, 8, 1, DOCUMENT_ROOT, 1, Array<number[]>(depth).fill([117, 1]).flat(), 126, 0);
    expect(verdict(nested(50))).toBe('taken');
    expect(verdict(nested(100_000))).toBe('update_malformed');
  });
});

describe('everything that an update builds on is known', () => {
  /** Client 2 inserts after element 2 of client 1. */
  const after = bytes(1, 1, 2, 0, LEFT, 1, 2, 'x', 0);

  test.each([
    ['a left neighbour that is not there', after, nothing, 'update_missing_dependencies'],
    ['a left neighbour in the log', after, new Map([[1, 3]]), 'taken'],
    [
      'a right neighbour that is not there',
      bytes(1, 1, 2, 0, RIGHT, 1, 2, 'x', 0),
      new Map([[1, 2]]),
      'update_missing_dependencies',
    ],
    [
      'a parent that is not there',
      bytes(1, 1, 2, 0, 4, 0, 1, 0, 'x', 0),
      nothing,
      'update_missing_dependencies',
    ],
    ['a hole before it', bytes(1, 1, 1, 3, 0, 1, 0), new Map([[1, 2]]), 'update_missing_dependencies'],
    ['a hole inside it', bytes(1, 3, 1, 0, 0, 1, 10, 1, 0, 1, 0), nothing, 'update_missing_dependencies'],
    [
      'a hole inside it that the log fills',
      bytes(1, 3, 1, 0, 0, 1, 10, 1, 0, 1, 0),
      new Map([[1, 2]]),
      'taken',
    ],
    ['what is in the log already', hello, new Map([[1, 3]]), 'taken'],
    [
      'a deletion of what is not there',
      bytes(0, 1, 1, 1, 0, 4),
      new Map([[1, 3]]),
      'update_missing_dependencies',
    ],
    ['a deletion of what is there', bytes(0, 1, 1, 1, 0, 3), new Map([[1, 3]]), 'taken'],
    ['itself', bytes(1, 1, 1, 0, LEFT, 1, 0, 'x', 0), nothing, 'update_missing_dependencies'],
    [
      'two clients that wait for each other',
      bytes(2, 1, 1, 0, LEFT, 2, 0, 'x', 1, 2, 0, LEFT, 1, 0, 'y', 0),
      nothing,
      'update_missing_dependencies',
    ],
    [
      'two clients that take turns',
      bytes(2, 2, 1, 0, 0, 1, LEFT, 2, 1, 'x', 2, 2, 0, LEFT, 1, 0, 'y', 0, 1, 0),
      nothing,
      'taken',
    ],
  ])('%s', (_, update, known, expected) => {
    expect(verdict(update, known)).toBe(expected);
  });

  test('a long chain from client to client is followed without recursion', () => {
    const clients = 50_000;
    // Client n builds on client n + 1, so that the first one read needs all the others.
    const blocks = Array.from({ length: clients }, (_, index) =>
      index === clients - 1 ? [1, index, 0, 0, 1] : [1, index, 0, LEFT, index + 1, 0, 'x'],
    );
    expect(verdict(bytes(clients, blocks.flat(), 0))).toBe('taken');
  });
});

describe('real documents', () => {
  test('every update is taken where Yjs can integrate it, and refused where it cannot', () => {
    fc.assert(
      fc.property(randomDocument, document => {
        const updates = updatesOf(document);
        const known = new Map<number, number>();
        for (const [index, update] of updates.entries()) {
          const doc = new Y.Doc();
          for (const earlier of updates.slice(0, index)) Y.applyUpdate(doc, earlier);
          Y.applyUpdate(doc, update);
          const complete = doc.store.pendingStructs === null && doc.store.pendingDs === null;
          expect(verdict(update, known)).toBe(complete ? 'taken' : 'update_missing_dependencies');
          for (const [client, clock] of integrate(update, DOCUMENT_ROOT, known)) known.set(client, clock);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('updates that come without their predecessors are refused exactly when Yjs would keep them waiting', () => {
    fc.assert(
      fc.property(randomDocument, fc.nat(), (document, seed) => {
        const updates = updatesOf(document).filter((_, index) => (seed >> (index % 31)) % 2 === 0);
        const doc = new Y.Doc();
        const known = new Map<number, number>();
        for (const update of updates) {
          const trial = new Y.Doc();
          Y.applyUpdate(trial, Y.encodeStateAsUpdate(doc));
          Y.applyUpdate(trial, update);
          const complete = trial.store.pendingStructs === null && trial.store.pendingDs === null;
          expect(verdict(update, known)).toBe(complete ? 'taken' : 'update_missing_dependencies');
          if (!complete) continue;
          Y.applyUpdate(doc, update);
          for (const [client, clock] of integrate(update, DOCUMENT_ROOT, known)) known.set(client, clock);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('the state vector of a log is that of the document', () => {
    fc.assert(
      fc.property(randomDocument, document => {
        const doc = new Y.Doc();
        const vector = new Map<number, number>();
        for (const update of updatesOf(document)) {
          Y.applyUpdate(doc, update);
          advance(vector, update, DOCUMENT_ROOT);
        }
        expect(vector).toEqual(Y.decodeStateVector(Y.encodeStateVector(doc)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('bytes that nobody meant', () => {
  /** Taken means: whoever loads the log can apply it, and waits for nothing. */
  function expectHarmless(update: Uint8Array, log: readonly Uint8Array[], known: StateVector) {
    if (verdict(update, known) !== 'taken') return;
    const doc = new Y.Doc();
    for (const earlier of log) Y.applyUpdate(doc, earlier);
    Y.applyUpdate(doc, update);
    expect(doc.store.pendingStructs).toBeNull();
    expect(doc.store.pendingDs).toBeNull();
    expect([...doc.share.keys()].filter(name => name !== DOCUMENT_ROOT)).toEqual([]);
  }

  test('random ones are refused with a reason, or do no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), update => expectHarmless(update, [], nothing)),
      { numRuns: 3000 },
    );
  });

  test('real updates with some bytes changed are refused with a reason, or do no harm', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(randomDocument, changes, (document, changed) => {
        const updates = updatesOf(document);
        const update = Uint8Array.from(updates.pop() ?? []);
        const known = new Map<number, number>();
        for (const earlier of updates) advance(known, earlier, DOCUMENT_ROOT);
        for (const { at, to } of changed) update[at % update.length] = to;
        expectHarmless(update, updates, known);
      }),
      { numRuns: 1000 },
    );
  });
});
