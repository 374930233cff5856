import { randomUUID } from 'node:crypto';
import {
  createApiClient,
  MAX_PUBLISHED_UPDATE_BYTES,
  MAX_STREAM_DOCUMENTS,
  PERSON_HEADER,
  type Presence,
} from '@cahier/protocol';
import { openEventStream } from '@cahier/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Actor,
  batchOf,
  nextEvent,
  startApp,
  streamOf,
  type TestApp,
  temporaryDirectory,
  Writer,
} from './support.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app[Symbol.asyncDispose]());

/** Listens to a document as a browser does. */
async function listenAs({ api }: Actor, documentId: string) {
  const subscription = await api.subscribe({ body: { documents: [documentId] } });
  const { address, headers } = streamOf(app.url, subscription);
  return { stream: await openEventStream(address, { headers }), subscription };
}

const report = (connection: string, client: number, clock = 1) => ({
  connection,
  client,
  clock,
  state: { cursor: null },
});

test('an edit comes down to those who listen, with its number, its batch and its bytes', async () => {
  const owner = app.actor();
  const viewer = app.actor();
  const documentId = await app.document(owner, [[viewer, 'viewer']]);
  const { stream } = await listenAs(viewer, documentId);
  await using _ = stream;

  const writer = new Writer();
  const body = batchOf(writer.type('hello'));
  expect(await owner.api.sendUpdate({ params: { documentId }, body })).toEqual({ seq: 1 });
  expect(await nextEvent(stream, 'updates')).toEqual({
    type: 'updates',
    documentId,
    updates: [{ seq: 1, ...body }],
  });
});

test('whoever was away can ask who has written meanwhile', async () => {
  const [owner, guest] = [app.actor('Owner'), app.actor('Guest')];
  const documentId = await app.document(owner, [[guest, 'editor']]);
  const write = async ({ api }: Actor, word: string) =>
    (await api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type(word)) })).seq;
  const after = await write(owner, 'one');
  const authorsAfter = async (seq: number) => {
    const { authors } = await owner.api.listAuthors({ params: { documentId }, query: { after: seq } });
    return authors.map(({ person }) => person);
  };
  expect(await authorsAfter(after)).toEqual([]);
  const last = await write(guest, 'two');
  expect(await authorsAfter(after)).toEqual([guest.person]);
  expect(await authorsAfter(last)).toEqual([]);
  expect(new Set(await authorsAfter(0))).toEqual(new Set([owner.person, guest.person]));
});

test('edits that arrive faster than people can see share events, in the order of the log', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const { stream } = await listenAs(owner, documentId);
  await using _ = stream;

  const total = 100;
  // Each from a writer of its own, so that they need not arrive in order.
  const bodies = Array.from({ length: total }, () => batchOf(new Writer().type('x')));
  const acknowledged = await Promise.all(
    bodies.map(body => owner.api.sendUpdate({ params: { documentId }, body })),
  );
  const seen: { seq: number; batch: string }[] = [];
  while (seen.length < total) seen.push(...(await nextEvent(stream, 'updates')).updates);

  expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  const batches = new Map(seen.map(({ seq, batch }) => [seq, batch]));
  acknowledged.forEach(({ seq }, index) => {
    expect(batches.get(seq)).toBe(bodies[index]?.batch);
  });
  expect(stream.events.length).toBeLessThan(total / 2);
});

test('an edit too large for an event is announced by its number', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const { stream } = await listenAs(owner, documentId);
  await using _ = stream;
  const body = batchOf(new Writer().type('x'.repeat(MAX_PUBLISHED_UPDATE_BYTES)));
  await owner.api.sendUpdate({ params: { documentId }, body });
  expect(await nextEvent(stream, 'advanced')).toEqual({ type: 'advanced', documentId, seq: 1 });
});

test('a stream opened at the cursor of a page brings what was written after that page', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const writer = new Writer();
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(writer.type('before')) });
  const page = await owner.api.readLog({ params: { documentId }, query: {} });
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(writer.type('after')) });
  const { address, headers } = streamOf(
    app.url,
    await owner.api.subscribe({ body: { documents: [documentId] } }),
  );
  await using stream = await openEventStream(address, {
    headers: { ...headers, 'last-event-id': page.cursor },
  });
  const seen = [];
  while (seen.at(-1) !== 2) seen.push(...(await nextEvent(stream, 'updates')).updates.map(({ seq }) => seq));
  expect(page.seq).toBe(1);
});

test('without a token, and with a token for another document, nothing comes', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const other = await owner.api.subscribe({ body: { documents: [await app.document(owner)] } });
  const { stream, subscription } = await listenAs(owner, documentId);
  const { address } = streamOf(app.url, subscription);
  await using listening = stream;
  await using withoutToken = await openEventStream(address);
  await using withOtherToken = await openEventStream(address, {
    headers: { authorization: `Bearer ${other.token}` },
  });

  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type('secret')) });
  await nextEvent(listening, 'updates');
  // A public event published afterwards arrives at all of them: by then the private one would have, too.
  await app.services.hub.publish({ topics: subscription.topics, data: 'public', private: false });
  for (const stream of [withoutToken, withOtherToken]) {
    await stream.nextMatching(({ data }) => data === 'public');
    expect(stream.events.map(({ data }) => data)).toEqual(['public']);
  }
});

test('one stream brings what happens in several documents, and says in which', async () => {
  const owner = app.actor();
  const documents = [await app.document(owner), await app.document(owner)];
  const foreign = await app.document(app.actor());
  const subscription = await owner.api.subscribe({ body: { documents: [...documents, foreign] } });
  expect(subscription.refused).toEqual([{ documentId: foreign, code: 'document_not_found' }]);
  const { address, headers } = streamOf(app.url, subscription);
  await using stream = await openEventStream(address, { headers });
  for (const documentId of documents) {
    await owner.api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type('x')) });
    expect(await nextEvent(stream, 'updates')).toMatchObject({ documentId });
  }
  const report = { connection: subscription.connection, clock: 1, state: { cursor: null } };
  for (const [client, documentId] of documents.entries()) {
    await owner.api.sendPresence({ params: { documentId }, body: { ...report, client } });
  }
  const watcher = await owner.api.subscribe({ body: { documents } });
  const watching = streamOf(app.url, watcher);
  await using departures = await openEventStream(watching.address, { headers: watching.headers });
  await stream.close();
  const left = [];
  while (left.length < documents.length) left.push(await nextEvent(departures, 'presence'));
  for (const [client, documentId] of documents.entries()) {
    expect(left).toContainEqual(
      expect.objectContaining({ documentId, presences: [expect.objectContaining({ client, state: null })] }),
    );
  }
});

test('as many documents as a stream takes fit into its request', async () => {
  const owner = app.actor();
  const documents = await Promise.all(
    Array.from({ length: MAX_STREAM_DOCUMENTS }, () => app.document(owner)),
  );
  const { address, headers } = streamOf(app.url, await owner.api.subscribe({ body: { documents } }));
  await using stream = await openEventStream(address, { headers });
  expect(stream.status).toBe(200);
  // What many a proxy takes at most, with room for a long public address.
  for (const line of [address.href, headers.authorization]) expect(line.length).toBeLessThan(7_000);
});

test('an echo comes down the stream of the one who asked for it, and no other', async () => {
  const [one, other] = [app.actor(), app.actor()];
  const documentId = await app.document(one, [[other, 'viewer']]);
  const [mine, theirs] = [await listenAs(one, documentId), await listenAs(other, documentId)];
  await using _mine = mine.stream;
  await using _theirs = theirs.stream;
  const nonce = randomUUID();
  const { connection } = mine.subscription;
  await other.api.requestEcho({ body: { connection, nonce: randomUUID() } });
  await one.api.requestEcho({ body: { connection, nonce } });
  expect(await nextEvent(mine.stream, 'echo')).toEqual({ type: 'echo', nonce });
  await one.api.renameDocument({ params: { documentId }, body: { title: 'Afterwards' } });
  await nextEvent(theirs.stream, 'renamed');
  expect(theirs.stream.events).toHaveLength(1);
});

test('a request in the name of somebody else than who is logged in is refused', async () => {
  const [one, other] = [app.actor(), app.actor()];
  const documentId = await app.document(one, [[other, 'editor']]);
  const asking = (meant: Actor) =>
    createApiClient({ baseUrl: app.url, headers: { cookie: one.cookie, [PERSON_HEADER]: meant.person.id } });
  await asking(one).getDocument({ params: { documentId } });
  const body = batchOf(new Writer().type('not mine'));
  await expect(asking(other).sendUpdate({ params: { documentId }, body })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  expect((await one.api.readLog({ params: { documentId }, query: {} })).seq).toBe(0);
});

test('a new title comes down', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const { stream } = await listenAs(owner, documentId);
  await using _ = stream;
  await owner.api.renameDocument({ params: { documentId }, body: { title: 'Plan' } });
  expect(await nextEvent(stream, 'renamed')).toEqual({ type: 'renamed', documentId, title: 'Plan' });
});

test('withdrawing access ends the streams, and the old token opens nothing that later edits go to', async () => {
  const owner = app.actor();
  const guest = app.actor();
  const documentId = await app.document(owner, [[guest, 'viewer']]);
  const guests = await listenAs(guest, documentId);
  const owners = await listenAs(owner, documentId);
  await using _ = owners.stream;

  await owner.api.removeMember({ params: { documentId, userId: guest.person.id } });
  await nextEvent(guests.stream, 'access');
  await expect(guests.stream.closed).resolves.toBe('ended');
  await expect(owners.stream.closed).resolves.toBe('ended');
  const { refused } = await guest.api.subscribe({ body: { documents: [documentId] } });
  expect(refused).toEqual([{ documentId, code: 'document_not_found' }]);

  // The token is still valid by its date, so the hub lets it in: nothing comes there any more.
  const { address, headers } = streamOf(app.url, guests.subscription);
  await using afterwards = await openEventStream(address, { headers });
  const { stream, subscription } = await listenAs(owner, documentId);
  await using again = stream;
  expect(subscription.topics).not.toEqual(guests.subscription.topics);
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type('after')) });
  await nextEvent(again, 'updates');
  await app.services.hub.publish({ topics: guests.subscription.topics, data: 'public', private: false });
  await afterwards.nextMatching(({ data }) => data === 'public');
  expect(afterwards.events).toHaveLength(1);
});

test('putting a document in the trash ends the streams of everybody', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const { stream } = await listenAs(owner, documentId);
  await owner.api.trashDocument({ params: { documentId } });
  await nextEvent(stream, 'access');
  await expect(stream.closed).resolves.toBe('ended');
});

test('a changed role is announced, and leaves the streams alone', async () => {
  const owner = app.actor();
  const guest = app.actor();
  const documentId = await app.document(owner, [[guest, 'editor']]);
  const { stream } = await listenAs(guest, documentId);
  await using _ = stream;
  await owner.api.changeMember({ params: { documentId, userId: guest.person.id }, body: { role: 'viewer' } });
  await nextEvent(stream, 'access');
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type('x')) });
  await nextEvent(stream, 'updates');
  const refused = guest.api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type('y')) });
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
});

test('who is here is shown to the others, and goes when their stream ends', async () => {
  const owner = app.actor('Owner');
  const guest = app.actor('Guest');
  const documentId = await app.document(owner, [[guest, 'viewer']]);
  const owners = await listenAs(owner, documentId);
  await using _ = owners.stream;
  const guests = await listenAs(guest, documentId);

  await owner.api.sendPresence({ params: { documentId }, body: report(owners.subscription.connection, 1) });
  const here = await guest.api.sendPresence({
    params: { documentId },
    body: report(guests.subscription.connection, 2),
  });
  expect(here.presences.map(({ person }) => person.name).sort()).toEqual(['Guest', 'Owner']);

  const arrivals: Presence[] = [];
  while (!arrivals.some(({ client }) => client === 2)) {
    arrivals.push(...(await nextEvent(owners.stream, 'presence')).presences);
  }
  expect(arrivals.at(-1)).toMatchObject({ client: 2, person: guest.person, state: { cursor: null } });

  await guests.stream.close();
  const departures = await nextEvent(owners.stream, 'presence');
  expect(departures.presences).toEqual([{ client: 2, clock: 1, person: guest.person, state: null }]);
});

test('a restart loses nothing, and the numbers go on where they were', async () => {
  await using directory = await temporaryDirectory();
  const writer = new Writer();
  const bodies = Array.from({ length: 5 }, (_, index) => batchOf(writer.type(`word ${index} `)));
  let documentId: string;
  let cookieOwner: Actor;
  {
    await using first = await startApp({ dataDir: directory.path });
    cookieOwner = first.actor();
    documentId = await first.document(cookieOwner);
    for (const body of bodies) await cookieOwner.api.sendUpdate({ params: { documentId }, body });
  }
  await using second = await startApp({ dataDir: directory.path });
  const api = createApiClient({ baseUrl: second.url, headers: { cookie: cookieOwner.cookie } });
  const page = await api.readLog({ params: { documentId }, query: {} });
  expect(page.updates).toEqual(bodies.map((body, index) => ({ seq: index + 1, ...body })));
  const next = await api.sendUpdate({ params: { documentId }, body: batchOf(writer.type('more')) });
  expect(next).toEqual({ seq: 6 });
});

test('appends that arrive together share commits', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const total = 200;
  const appends = Array.from({ length: total }, () => ({
    documentId,
    userId: owner.person.id,
    batch: randomUUID(),
    bytes: new Writer().type('x'),
  }));
  const before = { ...app.services.log.stats };
  await Promise.all(appends.map(append => app.services.log.append(append)));
  const after = app.services.log.stats;
  expect(after.appends - before.appends).toBe(total);
  expect(after.commits - before.commits).toBeLessThan(total / 4);
});

test('enough edits make a snapshot, and loading starts from it', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const writer = new Writer();
  // Two large edits pass the threshold in bytes.
  for (let index = 0; index < 2; index++) {
    const body = batchOf(writer.type('long '.repeat(120_000)));
    await owner.api.sendUpdate({ params: { documentId }, body });
  }
  await app.services.log.snapshots.idle();
  const tail = batchOf(writer.type('tail'));
  await owner.api.sendUpdate({ params: { documentId }, body: tail });
  const page = await owner.api.readLog({ params: { documentId }, query: {} });
  expect(page.snapshot?.seq).toBe(2);
  expect(page.updates).toEqual([{ seq: 3, ...tail }]);
});
