import { listen, mintClaimToken, openEventStream } from '@cahier/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHub, type Hub } from '../src/index.ts';

// fast-check prints the seed of a failing run; the smallest failing input belongs into a test of its own.
const secret = '!ChangeThisMercureHubJWTSecretKey!';
const RUNS = { numRuns: 300 };
const FORM = 'application/x-www-form-urlencoded';
/** Hundreds of requests, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

let hub: Hub;
let server: Awaited<ReturnType<typeof listen>>;
let publisher: string;
let subscriber: string;
beforeAll(async () => {
  hub = createHub({ publisherKey: { secret }, subscriberKey: { secret }, anonymous: true });
  server = await listen(hub.handler);
  publisher = `Bearer ${await mintClaimToken({ secret, publish: ['*'] })}`;
  subscriber = `Bearer ${await mintClaimToken({ secret, subscribe: ['*'] })}`;
});
afterAll(async () => {
  await hub.close();
  await server.close();
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '*',
    'earliest',
    '#',
    '{a}',
    '{',
    '%',
    '%2',
    '\r\n',
    '\0',
    'mercure',
    '/.well-known/mercure',
    '1e9',
    '/:a*(b+)',
  ),
);
const form = (names: string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 8 }).map(fields => {
    // `URLSearchParams` would repair what is broken.
    const encode = (value: string) => encodeURIComponent(value.toWellFormed());
    return fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  });
const bytes = fc.uint8Array({ maxLength: 60 }).map(array => Buffer.from(array).toString('latin1'));
const pathSafe = (query: string) =>
  query.replace(/[^\x21-\x7e]|#/g, character => `%${character.charCodeAt(0).toString(16)}`);

/** A success, or a refusal that says why. */
async function expectReasonable(response: Response): Promise<void> {
  expect(response.status).toBeLessThan(500);
  if (response.ok) return;
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(await response.json()).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
}

it('Q1 whatever is published, the answer is a success or a refusal with a reason, and streams stay well-formed', async () => {
  await using stream = await openEventStream(`${server.url}/.well-known/mercure?topic=*`, {
    headers: { authorization: subscriber },
  });
  const names = ['topic', 'topic', 'data', 'private', 'id', 'type', 'retry', 'ephemeral', 'other'];
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        form(names),
        form(names).map(fields => `topic=a&${fields}`),
        bytes,
      ),
      async body => {
        const response = await fetch(`${server.url}/.well-known/mercure`, {
          method: 'POST',
          body: Buffer.from(body, 'latin1'),
          headers: { authorization: publisher, 'content-type': FORM },
        });
        await expectReasonable(response);
        if (!response.ok) return;
        const id = await response.text();
        const received = await stream.nextMatching(event => event.id === id || event.id === undefined);
        expect(received.type).not.toBe('mercure');
      },
    ),
    RUNS,
  );
});

it('Q2 whatever is subscribed to, the answer is a success or a refusal with a reason', async () => {
  const names = [
    'topic',
    'match',
    'match_exact',
    'match_urlpattern',
    'Match',
    'match_',
    'last_event_id',
    'lastEventID',
    'other',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(form(names), bytes.map(pathSafe)),
      fc.option(fc.oneof(form(names), bytes), { nil: undefined }),
      async (query, body) => {
        const response = await fetch(
          `${server.url}/.well-known/mercure?${query}`,
          body === undefined
            ? { method: 'GET' }
            : { method: 'QUERY', body: Buffer.from(body, 'latin1'), headers: { 'content-type': FORM } },
        );
        expect(response.status).toBeOneOf([200, 400]);
        if (response.ok) await response.body?.cancel().catch(() => {});
        else await expectReasonable(response);
      },
    ),
    RUNS,
  );
});

it('Q3 whatever the credentials are, the answer is a success or a refusal with a reason', async () => {
  const part = fc.oneof(
    fc.json().map(json => Buffer.from(json).toString('base64url')),
    fc.base64String(),
  );
  const token = fc.oneof(
    fc.array(part, { maxLength: 5 }).map(parts => parts.join('.')),
    fc.stringMatching(/^[ -~]{0,40}$/),
  );
  await fc.assert(
    fc.asyncProperty(
      token,
      fc.constantFrom('Bearer ', 'bearer', 'Basic ', ''),
      async (credentials, scheme) => {
        const response = await fetch(`${server.url}/.well-known/mercure`, {
          method: 'POST',
          headers: { authorization: scheme + credentials },
        });
        await expectReasonable(response);
        expect(response.status).toBeOneOf([400, 401]);
      },
    ),
    RUNS,
  );
});
