import { randomUUID } from 'node:crypto';
import { createApiClient, MAX_PUBLISHED_UPDATE_BYTES, type Presence } from '@cahier/protocol';
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
  const subscription = await api.subscribe({ params: { documentId } });
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
  expect(await nextEvent(stream, 'updates')).toEqual({ type: 'updates', updates: [{ seq: 1, ...body }] });
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
  expect(await nextEvent(stream, 'advanced')).toEqual({ type: 'advanced', seq: 1 });
});

test('a stream opened at the cursor of a page brings what was written after that page', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const writer = new Writer();
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(writer.type('before')) });
  const page = await owner.api.readLog({ params: { documentId }, query: {} });
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(writer.type('after')) });
  const { address, headers } = streamOf(app.url, await owner.api.subscribe({ params: { documentId } }));
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
  const other = await owner.api.subscribe({ params: { documentId: await app.document(owner) } });
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

test('a new title comes down', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const { stream } = await listenAs(owner, documentId);
  await using _ = stream;
  await owner.api.renameDocument({ params: { documentId }, body: { title: 'Plan' } });
  expect(await nextEvent(stream, 'renamed')).toEqual({ type: 'renamed', title: 'Plan' });
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
  await expect(guest.api.subscribe({ params: { documentId } })).rejects.toMatchObject({
    code: 'document_not_found',
  });

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
  const before = await app.services.log.stats();
  await Promise.all(appends.map(append => app.services.log.append(append)));
  const after = await app.services.log.stats();
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
