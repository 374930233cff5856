import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { errorCodes, errors, MAX_UPDATE_BYTES, type Problem, problemSchema } from '@cahier/protocol';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, base64, startApp, type TestApp, temporaryDirectory, Writer } from './support.ts';

let app: TestApp;
let actor: Actor;
let documentId: string;
let web: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  web = await temporaryDirectory();
  await mkdir(join(web.path, 'assets'));
  await writeFile(join(web.path, 'index.html'), '<!doctype html><title>The application</title>');
  await writeFile(join(web.path, 'assets', 'app-1a2b3c.js'), `export default ${'0'.repeat(5000)};`);
  await writeFile(join(web.path, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  app = await startApp({ webDirectory: web.path });
  actor = app.actor();
  documentId = await app.document(actor);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
});

/** Sends a request as it is told, as somebody who is logged in. */
function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  return fetch(app.url + path, {
    method,
    headers: {
      cookie: actor.cookie,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = problemSchema.parse(await response.json());
  expect(response.status).toBe(errors[problem.code].status);
  return problem;
}

describe('bad requests', () => {
  const updates = () => `/api/documents/${documentId}/updates`;
  const update = (bytes: Uint8Array) => JSON.stringify({ batch: randomUUID(), update: base64(bytes) });

  test.each<[string, string, () => Promise<Response>]>([
    ['a body that is not JSON', 'malformed_json', () => send('POST', '/api/documents', '{"title":')],
    [
      'a form',
      'unsupported_media_type',
      () =>
        send('POST', '/api/documents', 'title=x', { 'content-type': 'application/x-www-form-urlencoded' }),
    ],
    [
      'JSON under the name of text',
      'unsupported_media_type',
      () => send('POST', '/api/documents', '{}', { 'content-type': 'text/plain' }),
    ],
    [
      'a compressed body',
      'unsupported_media_type',
      () => send('POST', '/api/documents', '{}', { 'content-encoding': 'gzip' }),
    ],
    [
      'no body where one is needed',
      'unsupported_media_type',
      () => send('PATCH', `/api/documents/${documentId}`),
    ],
    ['a body of the wrong shape', 'invalid_request', () => send('POST', '/api/documents', '{"title":7}')],
    ['a body that is no object', 'invalid_request', () => send('POST', '/api/documents', '[]')],
    [
      'too large a body',
      'payload_too_large',
      () => send('POST', '/api/documents', JSON.stringify({ title: 'x'.repeat(100_000) })),
    ],
    ['an id that is none', 'invalid_request', () => send('GET', '/api/documents/mine')],
    ['an address that cannot be decoded', 'invalid_request', () => send('GET', '/api/documents/%E0%A4%A')],
    ['a number that is none', 'invalid_request', () => send('GET', `${updates()}?after=x`)],
    ['a negative number', 'invalid_request', () => send('GET', `${updates()}?after=-1`)],
    ['a number twice', 'invalid_request', () => send('GET', `${updates()}?after=1&after=2`)],
    ['an unknown address', 'not_found', () => send('GET', '/api/nothing')],
    ['an unknown address, with a body', 'not_found', () => send('POST', '/api/nothing', '{')],
    [
      'an update that is not base64',
      'invalid_request',
      () => send('POST', updates(), JSON.stringify({ batch: randomUUID(), update: '????' })),
    ],
    [
      'an update that is no Yjs update',
      'update_malformed',
      () => send('POST', updates(), update(Uint8Array.of(1, 2, 3))),
    ],
    [
      'an update a little too large',
      'update_too_large',
      () => send('POST', updates(), update(new Uint8Array(MAX_UPDATE_BYTES + 1))),
    ],
    [
      'an update far too large',
      'update_too_large',
      () => send('POST', updates(), update(new Uint8Array(2 * MAX_UPDATE_BYTES))),
    ],
    [
      'a presence state that is too large',
      'invalid_request',
      () =>
        send(
          'POST',
          `/api/documents/${documentId}/presence`,
          JSON.stringify({
            connection: randomUUID(),
            client: 1,
            clock: 1,
            state: { cursor: { anchor: { x: 'x'.repeat(5000) }, head: {} } },
          }),
        ),
    ],
  ])('%s: %s', async (_, code, sent) => {
    expect((await problemOf(await sent())).code).toBe(code);
  });

  test('say where they are wrong', async () => {
    const body = JSON.stringify({ batch: 'mine', update: 'AAA=' });
    const { errors: places } = await problemOf(await send('POST', updates(), body));
    expect(places).toEqual([{ pointer: '/batch', detail: expect.any(String) }]);
    const inQuery = await problemOf(await send('GET', `${updates()}?after=x`));
    expect(inQuery.errors?.[0]?.pointer).toBe('after');
  });

  test('are told which methods there are', async () => {
    const response = await send('PUT', `/api/documents/${documentId}`, '{}');
    expect(response.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD');
    expect((await problemOf(response)).code).toBe('method_not_allowed');
  });

  test('without a session are refused unread', async () => {
    expect((await problemOf(await send('POST', '/api/documents', '{', { cookie: '' }))).code).toBe(
      'unauthenticated',
    );
  });

  test('whose body never ends are cut off at the limit', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const endless = request(`${app.url}/api/documents`, {
        method: 'POST',
        headers: { cookie: actor.cookie, 'content-type': 'application/json' },
      });
      endless.on('response', response => {
        resolve(response.statusCode);
        endless.destroy();
      });
      endless.on('error', reject);
      const pump = () => endless.write('x'.repeat(10_000), error => !error && setImmediate(pump));
      pump();
    });
    expect(status).toBe(413);
  });

  test('the largest update that is allowed is taken', async () => {
    const writer = new Writer();
    const room = MAX_UPDATE_BYTES - writer.type('x').length - 100;
    const fresh = new Writer().type('x'.repeat(room));
    expect(fresh.length).toBeLessThanOrEqual(MAX_UPDATE_BYTES);
    const response = await send('POST', updates(), update(fresh));
    expect(response.status).toBe(200);
  });
});

describe('requests from other sites', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['a program', {}, true],
    ['our page', { 'sec-fetch-site': 'same-origin', origin: 'https://elsewhere.example' }, true],
    ['the address bar', { 'sec-fetch-site': 'none' }, true],
    ['another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }, false],
    ['another site, in an old browser', { origin: 'https://elsewhere.example' }, false],
    ['a sandboxed frame, in an old browser', { origin: 'null' }, false],
  ])('%s', async (_, headers, allowed) => {
    const response = await send('POST', '/api/documents', '{}', headers);
    if (allowed) expect(response.status).toBe(201);
    else expect((await problemOf(response)).code).toBe('cross_origin_refused');
  });

  test('our page in an old browser, by the Host header or by the public address', async () => {
    expect((await send('POST', '/api/documents', '{}', { origin: app.url })).status).toBe(201);
    await using proxied = await startApp({ environment: { PUBLIC_URL: 'https://cahier.example.org' } });
    const response = await fetch(`${proxied.url}/api/session`, {
      method: 'DELETE',
      headers: { origin: 'https://cahier.example.org' },
    });
    expect(response.status).toBe(204);
  });

  test('may not log anybody in either, but may look at what is public', async () => {
    const body = JSON.stringify({ email: 'user@exelearning.net', password: '1234' });
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await problemOf(await send('POST', '/api/session', body, headers))).code).toBe(
      'cross_origin_refused',
    );
    expect((await send('GET', '/api/config', undefined, headers)).status).toBe(200);
  });
});

describe('the web application', () => {
  const navigate = (path: string) => send('GET', path, undefined, { accept: 'text/html,*/*' });

  test('its page answers every address that a person goes to, and is never cached', async () => {
    for (const path of ['/', '/documents/x', '/login?next=/']) {
      const response = await navigate(path);
      expect(await response.text()).toContain('The application');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('its hashed files are cached for ever, and compressed', async () => {
    const response = await send('GET', '/assets/app-1a2b3c.js', undefined, { 'accept-encoding': 'gzip' });
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-encoding')).toBe('gzip');
  });

  test.each([
    ['a file that is not there', () => navigate('/assets/gone.js')],
    ['an unknown part of the API', () => navigate('/api/nothing')],
    ['an unknown address asked for by a program', () => send('GET', '/nothing')],
    [
      'an unknown address that something is sent to',
      () => send('POST', '/nothing', '{}', { accept: 'text/html' }),
    ],
    ['a file outside of it', () => navigate('/assets/..%2f..%2fpackage.json')],
  ])('%s is not there', async (_, sent) => {
    expect((await problemOf(await sent())).code).toBe('not_found');
  });

  test('loads nothing from anywhere else', async () => {
    const policy = (await navigate('/')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|upgrade-insecure/);
  });

  test('where it has not been built, a page says so', async () => {
    await using bare = await startApp();
    const response = await fetch(bare.url, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('has not been built');
  });
});

describe('about itself', () => {
  test('the application is healthy, and so is the hub', async () => {
    expect(await (await send('GET', '/healthcheck')).json()).toEqual({ status: 'ok' });
    expect((await send('GET', '/healthz')).status).toBe(200);
  });

  test('without its database it is not', async () => {
    const broken = await startApp();
    await broken.services.close();
    expect((await problemOf(await fetch(`${broken.url}/healthcheck`))).code).toBe('storage_unavailable');
    await broken[Symbol.asyncDispose]();
  });

  test('an answer shows no internals when something fails', async () => {
    const broken = await startApp();
    const { cookie } = broken.actor();
    await broken.services.close();
    const response = await fetch(`${broken.url}/api/documents`, { headers: { cookie } });
    const problem = await problemOf(response);
    expect(problem).toEqual({
      type: '/problems/internal_error',
      title: errors.internal_error.title,
      status: 500,
      code: 'internal_error',
    });
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    await broken[Symbol.asyncDispose]();
  });

  test('the description of the API is valid OpenAPI and complete', async () => {
    const description = (await (await send('GET', '/api/openapi.json')).json()) as {
      components: { schemas: object };
    };
    const { valid, errors: complaints } = await new Validator().validate(description);
    expect(complaints ?? []).toEqual([]);
    expect(valid).toBe(true);
    const text = JSON.stringify(description);
    const defined = Object.keys(description.components.schemas);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) expect(defined).toContain(name);
    expect(text).not.toContain('$defs');
    // What no operation can answer with: an unknown address, a method that does not exist, the end of the process.
    const unmentioned = errorCodes.filter(code => !text.includes(`\`${code}\``));
    expect(unmentioned).toEqual(['not_found', 'method_not_allowed', 'shutting_down']);
  });

  test('every error code is explained at the address of its type', async () => {
    for (const code of errorCodes) {
      const response = await send('GET', `/problems/${code}`);
      expect(await response.text()).toContain(errors[code].title);
    }
    expect((await send('GET', '/problems/toString')).status).toBe(404);
  });

  test.each([
    ['dev', { SEED_USERS: 'true' }, 2],
    ['dev', { SEED_USERS: 'false' }, 0],
    ['prod', { APP_ENV: 'prod', MERCURE_JWT_SECRET_KEY: 'x'.repeat(32) }, 0],
  ])('the log-in page of %s with %o shows %i test users', async (environment, variables, count) => {
    await using other = await startApp({ environment: variables });
    const config = (await (await fetch(`${other.url}/api/config`)).json()) as {
      environment: string;
      testUsers: [];
    };
    expect(config.environment).toBe(environment);
    expect(config.testUsers).toHaveLength(count);
  });
});
