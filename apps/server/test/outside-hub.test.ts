import { errors, problemSchema } from '@cahier/protocol';
import { openEventStream } from '@cahier/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OutsideHubFixture, startOutsideHub } from './outside-hub-fixture.ts';
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

let hub: OutsideHubFixture;
let app: TestApp;
beforeAll(async () => {
  hub = await startOutsideHub();
  app = await startApp({ environment: hub.environment });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

/** Listens to a document where the server says. */
async function listenAs({ api }: Actor, documentId: string) {
  const { address, headers } = streamOf(app.url, await api.subscribe({ body: { documents: [documentId] } }));
  return { stream: await openEventStream(address, { headers }), address, headers };
}

const cspOf = async ({ url }: TestApp) =>
  (await fetch(`${url}/healthcheck`)).headers.get('content-security-policy') ?? '';

describe('the server', () => {
  test.each(['GET', 'POST', 'OPTIONS'])('has no hub of its own: %s', async method => {
    const response = await fetch(`${app.url}/.well-known/mercure?topic=x`, { method });
    expect(response.status).toBe(errors.not_found.status);
    expect(problemSchema.parse(await response.json())).toMatchObject({
      code: 'not_found',
      detail: expect.stringContaining(hub.url),
    });
  });

  test('is well without one, and says so', async () => {
    const response = await fetch(`${app.url}/healthz`);
    expect([response.status, await response.text()]).toEqual([200, 'ok: the hub runs elsewhere\n']);
  });

  test('lets its pages listen there', async () => {
    expect(await cspOf(app)).toContain(`connect-src 'self' ${new URL(hub.url).origin};`);
  });

  test('sends browsers to its own origin, for a proxy to bring them to the hub, unless told where', async () => {
    const { MERCURE_PUBLIC_URL: _, ...environment } = hub.environment;
    await using app = await startApp({ environment });
    const actor = app.actor();
    const documentId = await app.document(actor);
    const subscription = await actor.api.subscribe({ body: { documents: [documentId] } });
    expect(subscription.hub).toBe('/.well-known/mercure');
    expect(await cspOf(app)).toContain("connect-src 'self';");
    const problem = problemSchema.parse(await (await fetch(`${app.url}/.well-known/mercure`)).json());
    expect(problem.detail).toContain('MERCURE_PUBLIC_URL');
  });
});

test('edits, titles and presence arrive through it', async () => {
  const owner = app.actor('Owner');
  const viewer = app.actor();
  const documentId = await app.document(owner, [[viewer, 'viewer']]);
  const { stream, address } = await listenAs(viewer, documentId);
  await using _ = stream;
  expect(address.href.startsWith(hub.url)).toBe(true);

  const body = batchOf(new Writer().type('hello'));
  await owner.api.sendUpdate({ params: { documentId }, body });
  expect(await nextEvent(stream, 'updates')).toEqual({
    type: 'updates',
    documentId,
    updates: [{ seq: 1, ...body }],
  });
  await owner.api.renameDocument({ params: { documentId }, body: { title: 'Plan' } });
  expect(await nextEvent(stream, 'renamed')).toEqual({ type: 'renamed', documentId, title: 'Plan' });
  const { connection } = await owner.api.subscribe({ body: { documents: [documentId] } });
  await owner.api.sendPresence({
    params: { documentId },
    body: { connection, client: 1, clock: 1, state: { cursor: null } },
  });
  expect((await nextEvent(stream, 'presence')).presences).toMatchObject([
    { client: 1, person: owner.person },
  ]);
});

test('a page of the log names the place in its history from which nothing is missed', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const { stream, address, headers } = await listenAs(owner, documentId);
  const writer = new Writer();
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(writer.type('before')) });
  await nextEvent(stream, 'updates');
  await stream.close();
  const page = await owner.api.readLog({ params: { documentId }, query: {} });
  const after = batchOf(writer.type('after'));
  await owner.api.sendUpdate({ params: { documentId }, body: after });
  await using resumed = await openEventStream(address, {
    headers: { ...headers, 'last-event-id': page.cursor },
  });
  const seqs: number[] = [];
  while (seqs.at(-1) !== 2) {
    seqs.push(...(await nextEvent(resumed, 'updates')).updates.map(({ seq }) => seq));
  }
  expect(page.cursor).not.toBe('earliest');
});

test('after a withdrawal nothing more arrives on the topics of before', async () => {
  const owner = app.actor();
  const guest = app.actor();
  const documentId = await app.document(owner, [[guest, 'viewer']]);
  const guests = await listenAs(guest, documentId);
  await using _ = guests.stream;
  await owner.api.removeMember({ params: { documentId, userId: guest.person.id } });
  await nextEvent(guests.stream, 'access');

  const owners = await listenAs(owner, documentId);
  await using __ = owners.stream;
  await using again = await openEventStream(guests.address, { headers: guests.headers });
  await owner.api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type('secret')) });
  await owner.api.renameDocument({ params: { documentId }, body: { title: 'Secret' } });
  await nextEvent(owners.stream, 'renamed');
  // The hub delivers in one order to all: what is published on the old topic now arrives after whatever was before.
  await app.services.hub.publish({
    topics: guests.address.searchParams.getAll('topic'),
    data: 'the end',
    private: true,
  });
  for (const { events, nextMatching } of [guests.stream, again]) {
    await nextMatching(({ data }) => data === 'the end');
    const data = events.map(event => event.data).filter(text => !text.includes('"access"'));
    expect(data).toEqual(['the end']);
  }
});

describe('while the hub is out of reach', () => {
  test('edits are acknowledged, titles and rights change; all of it arrives when it is back', async () => {
    const owner = app.actor();
    const guest = app.actor();
    const documentId = await app.document(owner, [[guest, 'editor']]);
    const subscription = await owner.api.subscribe({ body: { documents: [documentId] } });
    const { address, headers } = streamOf(app.url, subscription);
    hub.setReachable(false);
    const writer = new Writer();
    for (const [index, word] of ['one', 'two', 'three'].entries()) {
      const body = batchOf(writer.type(word));
      expect(await owner.api.sendUpdate({ params: { documentId }, body })).toEqual({ seq: index + 1 });
    }
    await owner.api.renameDocument({ params: { documentId }, body: { title: 'Meanwhile' } });
    await owner.api.changeMember({
      params: { documentId, userId: guest.person.id },
      body: { role: 'viewer' },
    });
    hub.setReachable(true);
    await using stream = await openEventStream(address, {
      headers: { ...headers, 'last-event-id': 'earliest' },
    });
    const seqs: number[] = [];
    while (seqs.at(-1) !== 3) {
      seqs.push(...(await nextEvent(stream, 'updates')).updates.map(({ seq }) => seq));
    }
    expect(seqs).toEqual([1, 2, 3]);
    await expect
      .poll(() => stream.events.map(({ data }) => JSON.parse(data).type).sort())
      .toEqual(expect.arrayContaining(['access', 'renamed']));
  });

  test('the server ends without waiting for it; the next one tells those who listen how far the log is', async () => {
    await using directory = await temporaryDirectory();
    await using hub = await startOutsideHub();
    const environment = { ...hub.environment, PUBLIC_URL: 'http://app.example' };
    let listening: ReturnType<typeof streamOf>;
    let documentId: string;
    {
      await using first = await startApp({ dataDir: directory.path, environment });
      const owner = first.actor();
      documentId = await first.document(owner);
      listening = streamOf(first.url, await owner.api.subscribe({ body: { documents: [documentId] } }));
      hub.setReachable(false);
      await owner.api.sendUpdate({ params: { documentId }, body: batchOf(new Writer().type('unheard')) });
    }
    hub.setReachable(true);
    await using stream = await openEventStream(listening.address, { headers: listening.headers });
    await using _ = await startApp({ dataDir: directory.path, environment });
    expect(await nextEvent(stream, 'advanced')).toMatchObject({ type: 'advanced', seq: 1 });
  });
});
