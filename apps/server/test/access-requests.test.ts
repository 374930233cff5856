import { randomUUID } from 'node:crypto';
import { MAX_ACCESS_REQUESTS } from '@cahier/protocol';
import { openEventStream } from '@cahier/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Actor, batchOf, nextEvent, startApp, streamOf, type TestApp, Writer } from './support.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const ask = ({ api }: Actor, documentId: string) => api.requestAccess({ params: { documentId } });

async function requestsOf({ api }: Actor, documentId: string) {
  const { requests } = await api.listAccessRequests({ params: { documentId } });
  return requests.map(({ person, role }) => ({ id: person.id, role }));
}

async function listenAs({ api }: Actor, documentId: string) {
  const { address, headers } = streamOf(app.url, await api.subscribe({ body: { documents: [documentId] } }));
  return openEventStream(address, { headers });
}

test('somebody asks for access, the owner sees it live, and gives it', async () => {
  const [owner, stranger] = [app.actor(), app.actor('Stranger')];
  const documentId = await app.document(owner);
  await using stream = await listenAs(owner, documentId);
  await ask(stranger, documentId);
  await nextEvent(stream, 'access');
  expect(await requestsOf(owner, documentId)).toEqual([{ id: stranger.person.id, role: null }]);

  const params = { documentId, userId: stranger.person.id };
  const given = await owner.api.grantAccess({ params, body: { role: 'editor' } });
  expect(given).toEqual({ person: stranger.person, role: 'editor' });
  await nextEvent(stream, 'access');
  expect(await stranger.api.getDocument({ params })).toMatchObject({ role: 'editor' });
  expect(await requestsOf(owner, documentId)).toEqual([]);
  await expect(owner.api.grantAccess({ params, body: { role: 'viewer' } })).rejects.toMatchObject({
    code: 'access_request_not_found',
  });
});

test('a reader asks to write, and is told in the document when they may', async () => {
  const [owner, reader] = [app.actor(), app.actor()];
  const documentId = await app.document(owner, [[reader, 'viewer']]);
  await ask(reader, documentId);
  expect(await requestsOf(owner, documentId)).toEqual([{ id: reader.person.id, role: 'viewer' }]);
  await using stream = await listenAs(reader, documentId);
  const params = { documentId, userId: reader.person.id };
  await owner.api.grantAccess({ params, body: { role: 'editor' } });
  await nextEvent(stream, 'access');
  await reader.api.sendUpdate({ params, body: batchOf(new Writer().type('x')) });
});

test('the owner sees in the list of documents how many people ask; nobody else does', async () => {
  const [owner, reader, stranger] = [app.actor(), app.actor(), app.actor()];
  const documentId = await app.document(owner, [[reader, 'viewer']]);
  const countFor = async ({ api }: typeof owner) => {
    const { documents } = await api.listDocuments({ query: { trash: 'false' } });
    return documents.find(({ id }) => id === documentId)?.accessRequests;
  };
  expect(await countFor(owner)).toBe(0);
  await ask(reader, documentId);
  await ask(stranger, documentId);
  expect(await countFor(owner)).toBe(2);
  expect(await countFor(reader)).toBe(0);
  await owner.api.declineAccess({ params: { documentId, userId: stranger.person.id } });
  expect(await countFor(owner)).toBe(1);
});

test('a declined request is gone, and may be made again', async () => {
  const [owner, stranger] = [app.actor(), app.actor()];
  const documentId = await app.document(owner);
  await ask(stranger, documentId);
  const params = { documentId, userId: stranger.person.id };
  await owner.api.declineAccess({ params });
  expect(await requestsOf(owner, documentId)).toEqual([]);
  await expect(owner.api.declineAccess({ params })).rejects.toMatchObject({
    code: 'access_request_not_found',
  });
  await ask(stranger, documentId);
  expect(await requestsOf(owner, documentId)).toHaveLength(1);
});

test('whoever is invited, or given another role, asks no more', async () => {
  const [owner, stranger, reader] = [app.actor(), app.actor(), app.actor()];
  const documentId = await app.document(owner, [[reader, 'viewer']]);
  await ask(stranger, documentId);
  await ask(reader, documentId);
  await owner.api.addMember({
    params: { documentId },
    body: { email: stranger.person.email, role: 'viewer' },
  });
  await owner.api.changeMember({
    params: { documentId, userId: reader.person.id },
    body: { role: 'editor' },
  });
  expect(await requestsOf(owner, documentId)).toEqual([]);
});

test('the answer tells strangers nothing about what exists', async () => {
  const [owner, stranger] = [app.actor(), app.actor()];
  const trashed = await app.document(owner);
  await owner.api.trashDocument({ params: { documentId: trashed } });
  const answerTo = async (documentId: string) => {
    const answer = await fetch(`${app.url}/api/documents/${documentId}/access-requests`, {
      method: 'POST',
      headers: { cookie: stranger.cookie },
    });
    return [answer.status, await answer.text()];
  };
  const answers = [
    await answerTo(await app.document(owner)),
    await answerTo(trashed),
    await answerTo(randomUUID()),
  ];
  expect(answers).toEqual(Array(3).fill([204, '']));
  await owner.api.restoreDocument({ params: { documentId: trashed } });
  expect(await requestsOf(owner, trashed)).toEqual([]);
});

test('asking is limited, for one document and for all of them, whether they exist or not', async () => {
  const [owner, stranger] = [app.actor(), app.actor()];
  const times = async (documentId: string) => {
    for (let count = 0; ; count++) {
      try {
        await ask(stranger, documentId);
      } catch (error) {
        expect(error).toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: expect.any(Number) });
        return count;
      }
    }
  };
  const existing = await times(await app.document(owner));
  expect(existing).toBeGreaterThan(0);
  expect(await times(randomUUID())).toBe(existing);
  for (let count = 0; count < 30; count++) {
    if ((await times(randomUUID())) === 0) return;
  }
  expect.unreachable('somebody may ask for any number of documents');
});

test('a document remembers a bounded number of requests, the newest', async () => {
  const owner = app.actor();
  const documentId = await app.document(owner);
  const insert = app.database.prepare('insert into access_requests values (?, ?, ?)');
  const before = Array.from({ length: MAX_ACCESS_REQUESTS }, () => app.actor().person.id);
  for (const [index, id] of before.entries()) insert.run(documentId, id, index);
  const last = app.actor();
  await ask(last, documentId);
  const ids = (await requestsOf(owner, documentId)).map(({ id }) => id);
  expect(ids).toEqual([...before.slice(1), last.person.id]);
});
