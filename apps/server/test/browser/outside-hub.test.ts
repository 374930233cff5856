import { memoryTransport, type Transport } from '@cahier/hub';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OutsideHubFixture, startOutsideHub } from '../outside-hub-fixture.ts';
import { type Actor, startApp, type TestApp } from '../support.ts';
import { contentOf, openDocument, othersOf, textOf, until } from './editing.ts';

/** The data of everything that the hub has been given. */
const published: string[] = [];

/** Keeps everything in its history, as hubs do that have never heard of ephemeral updates. */
function rememberingTransport(): Transport {
  const transport = memoryTransport();
  const publish = transport.publish.bind(transport);
  transport.publish = update => {
    published.push(update.data);
    return publish({ ...update, ephemeral: false });
  };
  return transport;
}

let hub: OutsideHubFixture;
let app: TestApp;
beforeAll(async () => {
  hub = await startOutsideHub({ transport: rememberingTransport() });
  app = await startApp({ environment: hub.environment });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

/** A document that two people have open. */
async function together() {
  const [owner, guest] = [app.actor('Owner'), app.actor('Guest')];
  const documentId = await app.document(owner, [[guest, 'editor']]);
  const one = await openDocument(app, owner, documentId);
  textOf(one).insert(0, 'start ');
  await one.flush();
  const two = await openDocument(app, guest, documentId);
  return { owner, guest, documentId, one, two };
}

test('two people write together through it', async () => {
  const { one, two } = await together();
  for (let index = 0; index < 20; index++) {
    textOf(one).insert(0, `a${index} `);
    textOf(two).insert(textOf(two).length, `b${index} `);
    if (index % 5 === 0) await Promise.race([one.flush(), two.flush()]);
  }
  await Promise.all([one.flush(), two.flush()]);
  await expect.poll(() => contentOf(one) === contentOf(two)).toBe(true);
  for (const word of ['a19', 'b19', 'start']) expect(contentOf(one)).toContain(word);
});

test('who loses access is told at once and gets nothing more', async () => {
  const { owner, guest, documentId, one, two } = await together();
  await owner.api.removeMember({ params: { documentId, userId: guest.person.id } });
  await until(two, state => state.phase === 'ended' && state.reason === 'access_withdrawn');
  textOf(one).insert(0, 'among us');
  await one.flush();
  expect(contentOf(two)).not.toContain('among us');
});

test('while it is out of reach edits are saved; they are with the others when it is back', async () => {
  const { one, two } = await together();
  hub.setReachable(false);
  await until(two, state => state.phase === 'live' && state.stream === 'connecting');
  textOf(one).insert(0, 'meanwhile ');
  await one.flush();
  expect(contentOf(two)).not.toContain('meanwhile');
  hub.setReachable(true);
  await expect.poll(() => contentOf(two)).toContain('meanwhile');
  textOf(two).insert(0, 'afterwards ');
  await two.flush();
  await expect.poll(() => contentOf(one)).toContain('afterwards');
});

/** The Y.Doc's client id of somebody who has no Y.Doc. */
const VISITOR = 77;

/** Somebody who reports by hand, and so says when they come and go. */
async function visitorOf(documentId: string, owner: Actor) {
  const { api, person } = app.actor('Visitor');
  const params = { documentId };
  await owner.api.addMember({ params, body: { email: person.email, role: 'viewer' } });
  const { connection } = await api.subscribe({ body: { documents: [documentId] } });
  let clock = 0;
  const report = (state: { cursor: null } | null) =>
    api.sendPresence({ params, body: { connection, client: VISITOR, clock: ++clock, state } });
  return { id: person.id, come: () => report({ cursor: null }), go: () => report(null) };
}

test('who leaves while it is out of reach is gone when it is back', async () => {
  const { owner, documentId, one } = await together();
  const visitor = await visitorOf(documentId, owner);
  await visitor.come();
  await expect.poll(() => othersOf(one).sort()).toEqual(['Guest', 'Visitor']);
  hub.setReachable(false);
  await until(one, state => state.phase === 'live' && state.stream === 'connecting');
  await visitor.go();
  hub.setReachable(true);
  await expect.poll(() => othersOf(one)).toEqual(['Guest']);
});

test('cursors of the past, which its history brings again, bring nobody back', async () => {
  const { owner, documentId, one } = await together();
  await expect.poll(() => othersOf(one)).toEqual(['Guest']);
  const visitor = await visitorOf(documentId, owner);
  hub.setReachable(true, 'publishers');
  await until(one, state => state.phase === 'live' && state.stream === 'connecting');
  const reached = (clock: number) =>
    expect.poll(() => published.join()).toContain(`"clock":${clock},"person":{"id":"${visitor.id}"`);
  await visitor.come();
  await reached(1);
  await visitor.go();
  await reached(2);
  const joined: number[] = [];
  one.awareness.on('change', ({ added }: { added: number[] }) => joined.push(...added));
  const renamed = new Promise(resolve => one.on('renamed', resolve));
  await owner.api.renameDocument({ params: { documentId }, body: { title: 'The last of the history' } });

  hub.setReachable(true);
  await renamed;
  await expect.poll(() => othersOf(one)).toEqual(['Guest']);
  expect(joined).toContain(VISITOR);
});
