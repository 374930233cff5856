import { expect, expectTypeOf, test } from 'vitest';
import { createApiClient, RequestError } from './client.ts';
import type { DocumentSummary } from './documents.ts';

const documentId = '7b9f2f7e-51cf-4a7c-9ad4-1f0f57ad3c11';

function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const requests: Request[] = [];
  const client = createApiClient({
    baseUrl: 'http://app.test',
    fetch: async (input, init) => {
      requests.push(new Request(input as string, init));
      return new Response(status === 204 ? null : body, { status, headers });
    },
  });
  return { client, requests };
}

test('a call becomes the request that the operation describes', async () => {
  const { client, requests } = answering(200, JSON.stringify({ seq: 3 }));
  const body = { batch: crypto.randomUUID(), update: 'AAAA' };
  expect(await client.sendUpdate({ params: { documentId }, body })).toEqual({ seq: 3 });
  expect(requests[0]?.method).toBe('POST');
  expect(requests[0]?.url).toBe(`http://app.test/api/documents/${documentId}/updates`);
  expect(await requests[0]?.json()).toEqual(body);
});

test('query parameters are sent, and an empty answer is undefined', async () => {
  const { client, requests } = answering(204, '');
  expect(await client.deleteSession({})).toBeUndefined();
  const log = answering(
    200,
    JSON.stringify({ snapshot: null, updates: [], seq: 7, more: false, cursor: 'x' }),
  );
  await log.client.readLog({ params: { documentId }, query: { after: 7 } });
  expect(requests).toHaveLength(1);
  expect(new URL(log.requests[0]?.url ?? '').search).toBe('?after=7');
});

test('problem details become a RequestError with their code and waiting time', async () => {
  const problem = {
    type: '/problems/too_many_attempts',
    title: 'Too many',
    status: 429,
    code: 'too_many_attempts',
  };
  const { client } = answering(429, JSON.stringify(problem), { 'retry-after': '30' });
  const error = await client.createSession({ body: { email: 'a@b.example', password: 'x' } }).catch(e => e);
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ code: 'too_many_attempts', status: 429, retryAfterSeconds: 30 });
});

test.each([
  ['a captive portal that answers 200 with a page', 200, '<html>Please accept our terms</html>'],
  ['JSON of another shape', 200, '{"ok":true}'],
  ["a proxy's own error page", 502, '<html>Bad gateway</html>'],
])('%s is not taken for an answer', async (_, status, body) => {
  const { client } = answering(status, body);
  await expect(client.getSession({})).rejects.toMatchObject({ code: 'unexpected_response', status });
});

test('no answer at all is told apart from a refusal', async () => {
  const client = createApiClient({
    baseUrl: 'http://app.test',
    fetch: () => Promise.reject(new TypeError('fetch failed')),
  });
  await expect(client.getSession({})).rejects.toMatchObject({ code: 'unreachable' });
});

test('the types of a call follow the table', () => {
  const { client } = answering(200, '{}');
  expectTypeOf(client.getDocument).parameter(0).toEqualTypeOf<{ params: { documentId: string } }>();
  expectTypeOf(client.getDocument).returns.resolves.toEqualTypeOf<DocumentSummary>();
});

test('a date to wait for is measured by the clock of whoever names it', async () => {
  const anHourAhead = Date.now() + 3_600_000;
  const { client } = answering(429, 'slow down', {
    date: new Date(anHourAhead).toUTCString(),
    'retry-after': new Date(anHourAhead + 30_000).toUTCString(),
  });
  await expect(client.getSession({})).rejects.toMatchObject({
    code: 'unexpected_response',
    retryAfterSeconds: 30,
  });
});
