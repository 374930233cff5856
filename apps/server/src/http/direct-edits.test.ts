import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { PERSON_HEADER } from '@cahier/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CodedError } from '../errors.ts';
import { directEdits, failureOf } from './direct-edits.ts';

const person = { id: randomUUID(), name: 'Somebody', email: 'somebody@example.org' };
const documentId = randomUUID();
const edit = { batch: randomUUID(), update: 'AAA=' };

let appended: unknown[] = [];
let failure: Error | undefined;
let isShuttingDown = false;
beforeEach(() => {
  appended = [];
  failure = undefined;
  isShuttingDown = false;
});

// What is not taken directly gets 418 here, with what went wrong and what is left of its body.
const server = createServer(
  directEdits(
    async (request, response) => {
      const { code } = (failureOf(request) ?? {}) as { code?: string };
      response.writeHead(418).end(JSON.stringify({ code, body: await text(request) }));
    },
    {
      accounts: { recall: token => (token === 'known' ? person : undefined) },
      documents: {
        async append(...call) {
          if (failure) throw failure;
          appended.push(call);
          return 7;
        },
      },
      logger: pino({ level: 'silent' }),
      isShuttingDown: () => isShuttingDown,
    },
  ),
);
let url = '';
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

interface Answer {
  readonly seq?: number;
  readonly code?: string;
  readonly body?: string;
}

const usual = { cookie: 'cahier_session=known', 'content-type': 'application/json' };

async function send({
  method = 'POST',
  path = `/api/documents/${documentId}/updates`,
  headers = {},
  body = JSON.stringify(edit),
}: {
  method?: string;
  path?: string;
  headers?: { [name: string]: string };
  body?: string;
} = {}) {
  const response = await fetch(url + path, {
    method,
    headers: { ...usual, ...headers },
    ...(method === 'GET' ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, ...((await response.json()) as Answer) };
}

test('an edit as every browser sends it is appended, and answered as by the others', async () => {
  const { status, seq, headers } = await send({
    headers: { [PERSON_HEADER]: person.id, 'sec-fetch-site': 'same-origin', origin: url },
  });
  expect([status, seq]).toEqual([200, 7]);
  expect(appended).toEqual([[person, documentId, edit]]);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['nobody is logged in', { headers: { cookie: '' } }],
  ['the session has to be looked up', { headers: { cookie: 'cahier_session=new' } }],
  ['somebody else is meant', { headers: { [PERSON_HEADER]: randomUUID() } }],
  ['another site sends it', { headers: { 'sec-fetch-site': 'cross-site' } }],
  ['it only names its origin', { headers: { origin: 'https://elsewhere.example' } }],
  ['it may be a form', { headers: { 'content-type': 'text/plain' } }],
  ['it is compressed', { headers: { 'content-encoding': 'gzip' } }],
  ['it is large', { body: JSON.stringify({ ...edit, update: 'A'.repeat(100_000) }) }],
  ['it is another request', { path: `/api/documents/${documentId}/presence` }],
  ['it has a query', { path: `/api/documents/${documentId}/updates?after=1` }],
])('goes the usual way, untouched, when %s', async (_, request) => {
  const { body = JSON.stringify(edit) } = request as { body?: string };
  expect(await send(request)).toMatchObject({ status: 418, body });
  expect(appended).toEqual([]);
});

test('goes the usual way when the server is shutting down', async () => {
  isShuttingDown = true;
  expect(await send()).toMatchObject({ status: 418, body: JSON.stringify(edit) });
});

test('the log is read the usual way', async () => {
  expect(await send({ method: 'GET' })).toMatchObject({ status: 418, body: '' });
});

test('goes the usual way when its body comes later than its head', async () => {
  const body = JSON.stringify(edit);
  const socket = connect((server.address() as AddressInfo).port);
  const headers = { ...usual, host: 'localhost', connection: 'close', 'content-length': String(body.length) };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /api/documents/${documentId}/updates HTTP/1.1\r\n${head.join('')}\r\n`);
  await new Promise(resolve => server.once('request', resolve));
  socket.write(body);
  expect(await text(socket)).toContain(JSON.stringify({ body }));
  expect(appended).toEqual([]);
});

test.each([
  ['malformed_json', { body: '{"batch":' }],
  ['invalid_request', { body: JSON.stringify({ ...edit, batch: 'none' }) }],
  ['invalid_request', { path: '/api/documents/none/updates' }],
])('what is wrong with it is told the usual way: %s', async (code, request) => {
  expect(await send(request)).toMatchObject({ status: 418, code });
  expect(appended).toEqual([]);
});

test('so is what went wrong with it', async () => {
  failure = new CodedError('storage_unavailable');
  expect(await send()).toMatchObject({ status: 418, code: 'storage_unavailable' });
});
