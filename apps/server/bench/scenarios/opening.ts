import { randomUUID } from 'node:crypto';
import { DOCUMENT_ROOT } from '@cahier/protocol';
import * as Y from 'yjs';
import type { Contender, RunningServer } from '../contenders.ts';
import { atOnce, type Trace, writeTrace } from '../trace.ts';
import { inDirectory, upload } from './with-server.ts';

export interface Opening {
  /** In how many edits the document was written. */
  readonly edits: number;
  /** Whether the same text is in one edit instead: what the history costs is the difference. */
  readonly atOnce: boolean;
}

export interface OpeningResult {
  /** The first time after the server has started; undefined: it keeps nothing. */
  readonly coldMs: number | undefined;
  /** The median of several times after that. */
  readonly warmMs: number;
}

const WARM_OPENINGS = 5;
/** Opened before, so that what is measured is not the first request of a process. */
const SMALL_EDITS = 10;

/** From the first byte of the connection until the whole text is in a `Y.Doc`. */
export async function measureOpening(contender: Contender, opening: Opening): Promise<OpeningResult> {
  const documents = [writeTrace(SMALL_EDITS), traceOf(opening)].map(trace => ({
    id: randomUUID(),
    ...trace,
  }));
  const [small, large] = documents as [(typeof documents)[0], (typeof documents)[0]];
  return inDirectory(async directory => {
    await contender.prepare?.(directory, documents);
    const server = await contender.start(directory);
    try {
      if (contender.prepare === undefined) {
        const states = documents.map(({ id, edits: all }) => ({ id, edits: [stateAfter(all)] }));
        await upload(server, states);
      }
      await open(server, small);
      const cold = await open(server, large);
      const warm: number[] = [];
      for (let count = 0; count < WARM_OPENINGS; count++) warm.push(await open(server, large));
      warm.sort((a, b) => a - b);
      return {
        coldMs: contender.prepare === undefined ? undefined : cold,
        warmMs: warm[Math.floor(WARM_OPENINGS / 2)] as number,
      };
    } finally {
      await server.process.stop('SIGTERM');
    }
  });
}

let written: { count: number; trace: Trace } | undefined;

/** The same for every server; a million edits take seconds to write. */
function traceOf(opening: Opening): Trace {
  if (written?.count !== opening.edits) {
    written = { count: opening.edits, trace: writeTrace(opening.edits) };
  }
  return opening.atOnce ? atOnce(written.trace) : written.trace;
}

async function open({ connect }: RunningServer, { id, length }: { id: string; length: number }) {
  const doc = new Y.Doc();
  const start = performance.now();
  const parts: Uint8Array[] = [];
  const client = await connect(id, 0, {
    onUpdate: update => parts.push(update),
    onFailure: reason => {
      throw new Error(reason);
    },
  });
  doc.transact(() => {
    for (const part of parts) Y.applyUpdate(doc, part);
  });
  const tookMs = performance.now() - start;
  client.close();
  const found = doc.getText(DOCUMENT_ROOT).length;
  if (found !== length) throw new Error(`a text of ${found} characters was opened instead of ${length}`);
  return tookMs;
}

function stateAfter(edits: readonly Uint8Array[]): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const edit of edits) Y.applyUpdate(doc, edit);
  });
  return Y.encodeStateAsUpdate(doc);
}
