import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { residentBytes } from '@cahier/testing';
import type { Client } from '../clients/client.ts';
import type { Contender } from '../contenders.ts';
import { writeTrace } from '../trace.ts';
import { withServer } from './with-server.ts';

export interface MemoryResult {
  /** Growth of the process per document that somebody has open; undefined outside Linux. */
  readonly residentBytesPerDocument: number | undefined;
}

/** Some pages of text. */
const EDITS_PER_DOCUMENT = 2_000;
/** Opened and closed before, so that compiled code does not count as theirs. */
const WARM_UP_DOCUMENTS = 100;
const SETTLE_MS = 1_000;

/** What it costs the server that so many documents are open, each with one person. */
export async function measureMemory(contender: Contender, count: number): Promise<MemoryResult> {
  const { edits } = writeTrace(EDITS_PER_DOCUMENT);
  const documents = Array.from({ length: count + WARM_UP_DOCUMENTS }, () => ({ id: randomUUID(), edits }));
  return withServer(contender, documents, async ({ process: server, connect }) => {
    const resident = async () => {
      // Twice, since what the first collection frees may only then let go of the rest.
      for (let time = 0; time < 2; time++) {
        server.collectGarbage();
        await wait(SETTLE_MS);
      }
      return residentBytes([server.pid]);
    };
    let failure: string | undefined;
    const open = async (ids: readonly { id: string }[]) => {
      const clients: Client[] = [];
      for (const { id } of ids) {
        const onFailure = (reason: string) => {
          failure ??= reason;
        };
        clients.push(await connect(id, 0, { onUpdate: () => {}, onFailure }));
      }
      return clients;
    };
    for (const client of await open(documents.slice(0, WARM_UP_DOCUMENTS))) client.close();
    const before = await resident();
    const clients = await open(documents.slice(WARM_UP_DOCUMENTS));
    const after = await resident();
    if (failure !== undefined) throw new Error(failure);
    for (const client of clients) client.close();
    return {
      residentBytesPerDocument:
        before === undefined || after === undefined ? undefined : (after - before) / count,
    };
  });
}
