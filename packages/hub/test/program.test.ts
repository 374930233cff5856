import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen, mintAccessToken, mintClaimToken, openEventStream } from '@cahier/testing';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { createHub } from '../src/index.ts';
import { type ProgramProcess, runProgram, startProgramProcess } from './program-process.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const other = 'another secret that nobody else may see';
const keys = { MERCURE_JWT_SECRET_KEY: secret };
const directory = mkdtempSync(join(tmpdir(), 'hub-program-'));
afterAll(() => rmSync(directory, { recursive: true }));

const publish = async ({ url }: { url: string }, data: string) => {
  const token = await mintClaimToken({ secret, publish: ['*'] });
  const response = await fetch(`${url}/.well-known/mercure`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({ topic: 'a', data }),
  });
  expect(response.status).toBe(200);
  return response.text();
};

describe('starting the program', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{}, /MERCURE_PUBLISHER_JWT_KEY, .* or MERCURE_JWT_SECRET_KEY is needed/],
    [{ MERCURE_PUBLISHER_JWT_KEY: secret }, /MERCURE_SUBSCRIBER_JWT_KEY/],
    [{ ...keys, MERCURE_EXTRA_DIRECTIVES: 'anonymous' }, /MERCURE_EXTRA_DIRECTIVES is not a setting/],
    [{ MERCURE_JWT_SECRET_KEY: 'too short' }, /publishers' key: HS256 needs a secret of at least 32 bytes/],
    [{ ...keys, MERCURE_JWT_ALG: 'none' }, /none/],
    [{ ...keys, MERCURE_JWKS_ALGS: 'RS256' }, /no use without a JWK set/],
    [{ MERCURE_JWKS_URL: 'file:///keys.json' }, /MERCURE_JWKS_URL must be an http/],
    [{ MERCURE_JWKS_URL: 'https://example.com/jwks', MERCURE_JWKS_ALGS: 'HS256' }, /algorithms of a key set/],
    [{ ...keys, MERCURE_GENERATIONS: '2.0' }, /generations are some of/],
    [
      { ...keys, MERCURE_GENERATIONS: '1.0', MERCURE_TOKEN_IN_QUERY: 'on' },
      /tokenInQuery is a matter of 0.x/,
    ],
    [{ ...keys, MERCURE_GENERATIONS: '0.x', MERCURE_TRUSTED_ISSUERS: 'https://a.test' }, /issuers/],
    [{ ...keys, MERCURE_AUTHORIZATION_SERVERS: 'https://a.test' }, /no use without MERCURE_TRUSTED_ISSUERS/],
    [
      {
        ...keys,
        MERCURE_TRUSTED_ISSUERS: 'https://a.test',
        MERCURE_AUTHORIZATION_SERVERS: 'https://b.test',
      },
      /https:\/\/b.test, which is none of MERCURE_TRUSTED_ISSUERS/,
    ],
    [{ ...keys, MERCURE_PUBLISHER_JWT_ALG: 'HS256' }, /MERCURE_PUBLISHER_JWT_ALG has no use without/],
    [{ ...keys, PORT: '65536' }, /PORT must be a port number/],
    [{ ...keys, MERCURE_ANONYMOUS: 'maybe' }, /MERCURE_ANONYMOUS must be true or false/],
    [{ ...keys, MERCURE_MAX_CONNECTIONS: '0' }, /MERCURE_MAX_CONNECTIONS must be a positive whole number/],
    [{ ...keys, MERCURE_CORS_ORIGINS: 'https://example.com/' }, /not an origin/],
    [{ ...keys, MERCURE_TRUSTED_PROXIES: 'everyone' }, /everyone/],
    [
      { ...keys, MERCURE_TRANSPORT_URL: 'bolt://mercure.db' },
      /MERCURE_TRANSPORT_URL must be memory: or sqlite:/,
    ],
    [{ ...keys, MERCURE_TRANSPORT_URL: 'sqlite:/missing/directory/history.db' }, /cannot be opened/],
    [{ ...keys, MERCURE_HISTORY_MAX_AGE_S: '60' }, /no use with a history in memory/],
    [{ ...keys, MERCURE_METRICS: 'false', MERCURE_METRICS_PORT: '0' }, /MERCURE_METRICS is false/],
    [{ ...keys, MERCURE_METRICS_PATH: '/stats' }, /no use without/],
    [{ ...keys, PORT: '8123', MERCURE_METRICS_PORT: '8123' }, /hub's own PORT/],
    [{ ...keys, MERCURE_MAX_CONNECTIONS: '5', MERCURE_MAX_CONNECTIONS_PER_TOKEN: '6' }, /is more than/],
    [{ ...keys, MERCURE_DEBUG_PAGE: 'true', NODE_ENV: 'production' }, /NODE_ENV is production/],
    [{ ...keys, MERCURE_LOG_LEVEL: 'loud' }, /must be debug, info, warn, error, silent/],
  ])('O1 is refused with %j, in one line without a secret', async (environment, reason) => {
    const { code, stdout, stderr } = await runProgram(environment);
    expect(stderr).toMatch(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('too short');
    expect(stderr).not.toContain(secret);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('O1 is refused with arguments it does not know', async () => {
    const { code, stderr } = await runProgram(keys, 'run', '--port=1');
    expect(stderr).toMatch(/not "run --port=1"/);
    expect(code).toBe(1);
  });

  it('O1 is refused when its port is taken', async () => {
    await using taken = await listen(() => {});
    const { port } = new URL(taken.url);
    const { code, stderr } = await runProgram({ ...keys, PORT: port, HOST: '127.0.0.1' });
    expect(stderr).toBe(`The hub cannot start: PORT ${port} is in use\n`);
    expect(code).toBe(1);
  });

  it('O1 is refused when its history is damaged or in use', async () => {
    const file = join(directory, 'damaged.db');
    writeFileSync(file, 'This is no database. '.repeat(100));
    const damaged = await runProgram({ ...keys, MERCURE_TRANSPORT_URL: `sqlite:${file}` });
    expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining('is damaged') });

    const environment = { ...keys, MERCURE_TRANSPORT_URL: `sqlite://${join(directory, 'used.db')}` };
    await using _program = await startProgramProcess(environment);
    const locked = await runProgram({ ...environment, PORT: '0' });
    expect(locked).toMatchObject({ code: 1, stderr: expect.stringContaining('in use by another hub') });
  });

  it('O1 takes empty variables for ones that are not set', async () => {
    await using program = await startProgramProcess({
      MERCURE_PUBLISHER_JWT_KEY: secret,
      MERCURE_SUBSCRIBER_JWT_KEY: secret,
      MERCURE_JWT_SECRET_KEY: '',
      MERCURE_COOKIE_NAMES: '',
      MERCURE_EXTRA_DIRECTIVES: '',
    });
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
  });

  it('O2 says its version', async () => {
    expect(await runProgram({}, '--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d/),
    });
  });
});

describe('the keys of the program', () => {
  const publishWith = async (program: ProgramProcess, token: string) => {
    const response = await fetch(`${program.url}/.well-known/mercure`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ topic: 'a', data: 'x' }),
    });
    return response.status;
  };

  it('O7 may be of any kind: a PEM with its line breaks as JSON writes them, a JWK set', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const sign = (kid: string) =>
      new SignJWT({ mercure: { publish: ['*'] } })
        .setProtectedHeader({ alg: 'ES256', kid })
        .sign(pair.privateKey);
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    await using jwks = await listen((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    await using program = await startProgramProcess({
      MERCURE_PUBLISHER_JWT_KEY: (await exportSPKI(pair.publicKey)).replaceAll('\n', '\\n'),
      MERCURE_JWT_SECRET_KEY: secret,
    });
    expect(await publishWith(program, await sign('any'))).toBe(200);
    expect(await publishWith(program, await mintClaimToken({ secret, publish: ['*'] }))).toBe(401);

    await using remote = await startProgramProcess({ MERCURE_JWKS_URL: jwks.url });
    expect(await publishWith(remote, await sign('one'))).toBe(200);
    expect(await publishWith(remote, await sign('two'))).toBe(401);
  });

  it('O7 are those of the trusted issuers, of whom clients are told where they are authorization servers', async () => {
    const PUBLIC_URL = 'https://hub.test';
    await using program = await startProgramProcess({
      ...keys,
      PUBLIC_URL,
      MERCURE_GENERATIONS: '1.0',
      MERCURE_TRUSTED_ISSUERS: 'https://a.test https://b.test',
      MERCURE_AUTHORIZATION_SERVERS: 'https://b.test',
    });
    const tokenOf = (issuer: string) =>
      mintAccessToken({
        secret,
        issuer,
        audience: `${PUBLIC_URL}/.well-known/mercure`,
        publish: ['*'],
      });
    expect(await publishWith(program, await tokenOf('https://a.test'))).toBe(200);
    expect(await publishWith(program, await tokenOf('https://c.test'))).toBe(401);
    expect(await publishWith(program, await mintClaimToken({ secret, publish: ['*'] }))).toBe(401);
    const metadata = await fetch(`${program.url}/.well-known/oauth-protected-resource/.well-known/mercure`);
    expect(await metadata.json()).toMatchObject({ authorization_servers: ['https://b.test'] });
  });
});

describe('running the program', () => {
  it('O3 ends its streams when told to, and their clients resume at its successor', async () => {
    const environment = {
      ...keys,
      MERCURE_ANONYMOUS: 'true',
      MERCURE_TRANSPORT_URL: `sqlite:${join(directory, 'history.db')}`,
    };
    const program = await startProgramProcess(environment);
    await using stream = await openEventStream(`${program.url}/.well-known/mercure?topic=a`);
    const id = await publish(program, 'before');
    expect((await stream.next()).data).toBe('before');
    const exited = program.stop('SIGTERM');
    expect(await stream.closed).toBe('ended');
    expect(await exited).toBe(0);
    await expect(fetch(program.url)).rejects.toThrow();

    await using successor = await startProgramProcess(environment);
    await publish(successor, 'meanwhile');
    await using resumed = await openEventStream(`${successor.url}/.well-known/mercure?topic=a`, {
      headers: { 'last-event-id': id },
    });
    expect(resumed.headers['mercure-last-event-id']).toBe(id);
    expect((await resumed.next()).data).toBe('meanwhile');
  });

  it('O4 serves metrics only where it is told to', async () => {
    await using without = await startProgramProcess(keys);
    expect((await fetch(`${without.url}/metrics`)).status).toBe(404);

    await using here = await startProgramProcess({
      ...keys,
      MERCURE_METRICS: 'on',
      MERCURE_METRICS_PATH: '/stats',
    });
    const response = await fetch(`${here.url}/stats`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toMatch(
      /^mercure_subscribers_connected 0$[\s\S]*^process_resident_memory_bytes \d+$/m,
    );
    expect((await fetch(`${here.url}/stats`, { method: 'POST' })).status).toBe(405);

    await using apart = await startProgramProcess({ ...keys, MERCURE_METRICS_PORT: '0' });
    expect((await fetch(`${apart.url}/metrics`)).status).toBe(404);
    expect((await fetch(`${apart.metricsUrl}/metrics`)).status).toBe(200);
    expect((await fetch(`${apart.metricsUrl}/mercure/health/ready`)).status).toBe(200);
    expect((await fetch(`${apart.metricsUrl}/mercure/health/live`)).status).toBe(200);
    expect((await fetch(`${apart.metricsUrl}/.well-known/mercure?topic=a`)).status).toBe(404);
    expect(await apart.stop()).toBe(0);
  });

  it('G1 its metrics, scraped, have the names of the reference hub and those of ours', async () => {
    await using program = await startProgramProcess({
      ...keys,
      MERCURE_ANONYMOUS: 'true',
      MERCURE_METRICS_PORT: '0',
    });
    await using stream = await openEventStream(`${program.url}/.well-known/mercure?topic=a`);
    await publish(program, 'x');
    await stream.next();
    await fetch(`${program.url}/.well-known/mercure?topic=`);
    const scraped = await (await fetch(`${program.metricsUrl}/metrics`)).text();
    for (const sample of [
      'mercure_subscribers_connected 1',
      'mercure_subscribers_total 1',
      'mercure_updates_total 1',
      'mercure_updates_failed_total 0',
      'mercure_deliveries_total 1',
      'mercure_delivery_latency_seconds_count 1',
      'mercure_queue_bytes 0',
      'mercure_subscribers_dropped_total{reason="too_slow"} 0',
      'mercure_requests_refused_total{code="matcher_invalid"} 1',
      'mercure_history_events 1',
    ]) {
      expect(scraped.split('\n')).toContain(sample);
    }
  });

  it('O5 logs JSON, and no token or secret at any level', async () => {
    const program = await startProgramProcess({
      ...keys,
      MERCURE_PUBLISHER_JWT_KEY: other,
      MERCURE_LOG_LEVEL: 'debug',
    });
    const endpoint = `${program.url}/.well-known/mercure`;
    const good = await mintClaimToken({ secret, subscribe: ['a'] });
    const bad = await mintClaimToken({ secret: other, subscribe: ['a'] });
    await using _stream = await openEventStream(`${endpoint}?topic=a`, {
      headers: { authorization: `Bearer ${good}` },
    });
    await fetch(`${endpoint}?topic=a`, { headers: { authorization: `Bearer ${bad}` } });
    await fetch(`${endpoint}?topic=a`, { headers: { cookie: `mercureAuthorization=${bad}` } });
    await fetch(`${endpoint}?topic=a&authorization=${bad}`);
    await fetch(endpoint, { method: 'POST', headers: { authorization: `Bearer ${bad} ${good}` } });
    await program.stop();

    const lines = program.stderr().trimEnd().split('\n');
    const messages = lines.map(line => JSON.parse(line).message);
    expect(messages).toContain('Stream opened');
    expect(messages).toContain('Request refused');
    for (const hidden of [good, bad, secret, other]) expect(program.stderr()).not.toContain(hidden);
    const signature = (token: string) => token.split('.')[2] ?? '?';
    expect(program.stderr()).not.toContain(signature(good));
    expect(program.stderr()).not.toContain(signature(bad));
  });

  it('O6 has the defaults of the hub it runs', async () => {
    const { readConfiguration } = await import('../src/program/configuration.ts');
    const { resolveOptions } = await import('../src/options.ts');
    const { hub, maxConnections } = readConfiguration(keys);
    const defaults = resolveOptions({ publisherKey: [{ secret }], subscriberKey: [{ secret }] });
    expect(defaults).toMatchObject({ ...hub, maxConnections });
    expect(() => createHub({ ...hub, maxConnections })).not.toThrow();
  });
});
