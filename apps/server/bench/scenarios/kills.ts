import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as Y from 'yjs';
import type { Client } from '../clients/client.ts';
import type { Contender } from '../contenders.ts';
import { paragraphs, Typist } from '../typists.ts';
import { inDirectory } from './with-server.ts';

export interface KillsResult {
  readonly acknowledged: number;
  /** Of those, how many the server did not have after it had been killed and started again. */
  readonly lost: number;
}

const WRITERS = 10;
const KEYSTROKE_MS = 20;
const MIN_LIFE_MS = 300;
const MAX_LIFE_MS = 1_500;

/** People type, the server is killed without warning, and starts again. */
export async function measureKills(contender: Contender, kills: number): Promise<KillsResult> {
  const state = paragraphs(WRITERS);
  const documentId = randomUUID();
  return inDirectory(async directory => {
    await contender.prepare?.(directory, [{ id: documentId, edits: [state] }]);
    let acknowledged = 0;
    let lost = 0;
    for (let round = 0; round < kills; round++) {
      const first = await contender.start(directory);
      const typists = Array.from({ length: WRITERS }, (_, index) => new Typist(state, index));
      const counts = typists.map(() => 0);
      const clients: Client[] = [];
      for (let index = 0; index < WRITERS; index++) {
        clients.push(
          await first.connect(documentId, index, {
            onUpdate: () => {},
            onAcknowledged(updates) {
              counts[index] = (counts[index] as number) + updates;
            },
            onFailure: () => {},
          }),
        );
      }
      const typing = setInterval(() => {
        for (const [index, client] of clients.entries()) client.send((typists[index] as Typist).type());
      }, KEYSTROKE_MS);
      await wait(MIN_LIFE_MS + Math.random() * (MAX_LIFE_MS - MIN_LIFE_MS));
      await first.process.stop('SIGKILL');
      clearInterval(typing);
      // What was acknowledged on the way here still arrives; nothing else can.
      await wait(0);
      for (const client of clients) client.close();

      const second = await contender.start(directory);
      const doc = new Y.Doc();
      const reader = await second.connect(documentId, 0, {
        onUpdate: update => Y.applyUpdate(doc, update),
        onFailure: () => {},
      });
      for (const [index, { client }] of typists.entries()) {
        const count = counts[index] as number;
        acknowledged += count;
        lost += Math.max(count - Y.getState(doc.store, client), 0);
      }
      reader.close();
      await second.process.stop('SIGKILL');
    }
    return { acknowledged, lost };
  });
}
