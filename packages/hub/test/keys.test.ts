import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from '@cahier/testing';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createHub, type HubOptions, type Logger } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const publicUrl = 'https://hub.example';
const audience = `${publicUrl}/.well-known/mercure`;

const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed25519 = generateKeyPairSync('ed25519');

/** A hub for subscribers, and the status with which it answers to a token. */
async function start(options: Partial<HubOptions>) {
  const logged: string[] = [];
  const log: Logger['info'] = (message, details) => logged.push(`${message} ${JSON.stringify(details)}`);
  const logger = { debug: log, info: log, warn: log, error: log };
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    publicUrl,
    logger,
    ...options,
  });
  const server = await listen(hub.handler);
  const ask = (token: string) =>
    fetch(`${server.url}/.well-known/mercure?topic=a`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${token}` },
    });
  return {
    logged,
    ask,
    status: async (token: string | Promise<string>) => (await ask(await token)).status,
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

const sign = (key: KeyObject | Uint8Array, alg: string, header: object = {}) =>
  new SignJWT({ mercure: { subscribe: ['*'] } }).setProtectedHeader({ alg, ...header }).sign(key);
const signAccessToken = (key: KeyObject | Uint8Array, alg: string, issuer: string, header: object = {}) =>
  new SignJWT({ authorization_details: [] })
    .setProtectedHeader({ alg, typ: 'at+jwt', ...header })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('1 minute')
    .sign(key);

describe('keys', () => {
  it.each([
    ['an RSA key', rsa, undefined, 'RS256'],
    ['an RSA key for PSS', rsa, 'PS384' as const, 'PS384'],
    ['a key on the curve P-256', p256, undefined, 'ES256'],
    ['a key on the curve P-384', p384, undefined, 'ES384'],
    ['an Ed25519 key', ed25519, undefined, 'EdDSA'],
  ])('K14 may be %s, as PEM and as JWK', async (_title, { publicKey, privateKey }, algorithm, alg) => {
    const given = [
      { pem: pem(publicKey), ...(algorithm && { algorithm }) },
      { jwk: { ...(await exportJWK(publicKey)), ...(algorithm && { alg: algorithm }) } },
    ];
    for (const subscriberKey of given) {
      await using hub = await start({ subscriberKey });
      expect(await hub.status(sign(privateKey, alg))).toBe(200);
      expect(await hub.status(sign(otherRsa.privateKey, 'RS256'))).toBe(401);
    }
  });

  it('K14 may be a secret as JWK', async () => {
    const k = Buffer.from(secret).toString('base64url');
    await using hub = await start({ subscriberKey: { jwk: { kty: 'oct', k, alg: 'HS256' } } });
    expect(await hub.status(sign(Buffer.from(secret), 'HS256'))).toBe(200);
  });

  it('K6 are bound to one algorithm: a public key is no secret, and RS256 is not PS256', async () => {
    await using hub = await start({ subscriberKey: { pem: pem(rsa.publicKey) } });
    expect(await hub.status(sign(Buffer.from(pem(rsa.publicKey)), 'HS256'))).toBe(401);
    expect(await hub.status(sign(rsa.privateKey, 'PS256'))).toBe(401);
  });

  it('K15 may be several, of which kid chooses where both sides have one', async () => {
    const jwk = async ({ publicKey }: typeof rsa, kid: string) => ({
      jwk: { ...(await exportJWK(publicKey)), kid },
    });
    await using hub = await start({
      subscriberKey: [await jwk(rsa, 'old'), await jwk(otherRsa, 'new'), { secret }],
    });
    for (const { privateKey } of [rsa, otherRsa])
      expect(await hub.status(sign(privateKey, 'RS256'))).toBe(200);
    expect(await hub.status(sign(Buffer.from(secret), 'HS256'))).toBe(200);
    expect(await hub.status(sign(otherRsa.privateKey, 'RS256', { kid: 'new' }))).toBe(200);
    expect(await hub.status(sign(otherRsa.privateKey, 'RS256', { kid: 'old' }))).toBe(401);
    expect(await hub.status(sign(otherRsa.privateKey, 'RS256', { kid: 'unknown' }))).toBe(401);
  });

  it('K16 are never taken from the token', async () => {
    await using hub = await start({ subscriberKey: { pem: pem(rsa.publicKey) } });
    const jwk = await exportJWK(otherRsa.publicKey);
    for (const header of [{ jwk }, { jku: 'https://evil.example/keys' }, { x5c: ['AA=='] }]) {
      expect(await hub.status(sign(otherRsa.privateKey, 'RS256', header))).toBe(401);
    }
  });

  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const unsupported = generateKeyPairSync('ed448');
  it.each([
    ['key_weak', 'a short RSA key', { pem: pem(weak.publicKey) }],
    ['key_weak', 'a short secret', { jwk: { kty: 'oct', k: 'c2hvcnQ' } }],
    ['key_invalid', 'nonsense', { pem: 'nonsense' }],
    [
      'key_invalid',
      'a private key',
      { pem: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    ],
    ['key_invalid', 'a private JWK', { jwk: rsa.privateKey.export({ format: 'jwk' }) }],
    ['key_invalid', 'a public key as a secret', { secret: pem(rsa.publicKey) }],
    ['key_invalid', 'an RSA key for ECDSA', { pem: pem(rsa.publicKey), algorithm: 'ES256' as const }],
    [
      'key_invalid',
      'a curve of another algorithm',
      { pem: pem(p384.publicKey), algorithm: 'ES256' as const },
    ],
    [
      'key_invalid',
      'a JWK of another algorithm',
      { jwk: { ...p256.publicKey.export({ format: 'jwk' }), alg: 'RS256' } },
    ],
    [
      'key_invalid',
      'a JWK for encryption',
      { jwk: { ...rsa.publicKey.export({ format: 'jwk' }), use: 'enc' } },
    ],
    ['key_invalid', 'a type that is not supported', { pem: pem(unsupported.publicKey) }],
    ['key_invalid', 'a secret with a public algorithm', { secret, algorithm: 'RS256' as 'HS256' }],
    ['key_invalid', 'no algorithm', { secret, algorithm: 'none' as 'HS256' }],
    ['key_invalid', 'a file URL', { jwksUrl: 'file:///etc/keys' }],
    [
      'key_invalid',
      'a key set for secrets',
      { jwksUrl: 'https://a.example', algorithms: ['HS256' as 'RS256'] },
    ],
    ['key_invalid', 'no key at all', []],
  ])('B3 with %s, a hub does not start with %s', (code, _title, subscriberKey) => {
    expect(() => createHub({ publisherKey: { secret }, subscriberKey })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('subscriberKey') }),
    );
  });
});

describe('key sets', () => {
  it('K17 are fetched, and once more when a token has a new key', async () => {
    const jwk = async ({ publicKey }: typeof rsa, kid: string) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: 'RS256',
    });
    let keys = [await jwk(rsa, 'first')];
    let fetches = 0;
    await using authorizationServer = await listen(
      createServer((_request, response) => {
        fetches++;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ keys }));
      }),
    );
    await using hub = await start({ subscriberKey: { jwksUrl: authorizationServer.url, cooldownMs: 0 } });
    expect(await hub.status(sign(rsa.privateKey, 'RS256', { kid: 'first' }))).toBe(200);
    expect(await hub.status(sign(rsa.privateKey, 'RS256', { kid: 'first' }))).toBe(200);
    expect(fetches).toBe(1);
    keys = [await jwk(otherRsa, 'second')];
    expect(await hub.status(sign(otherRsa.privateKey, 'RS256', { kid: 'second' }))).toBe(200);
    expect(await hub.status(sign(rsa.privateKey, 'RS256', { kid: 'first' }))).toBe(401);
    // Signed as it should be, but not with one of the key set's algorithms.
    expect(await hub.status(sign(otherRsa.privateKey, 'PS256', { kid: 'second' }))).toBe(401);
  });

  it('K17 try every key that might be meant when a token does not say which', async () => {
    const keys = [await exportJWK(rsa.publicKey), await exportJWK(otherRsa.publicKey)];
    await using authorizationServer = await listen(
      createServer((_request, response) => response.end(JSON.stringify({ keys }))),
    );
    await using hub = await start({ subscriberKey: { jwksUrl: authorizationServer.url } });
    expect(await hub.status(sign(otherRsa.privateKey, 'RS256'))).toBe(200);
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    expect(await hub.status(sign(stranger.privateKey, 'RS256'))).toBe(401);
  });

  it.each([
    ['answers with an error', 500, ''],
    ['answers with something else', 200, '<html>'],
  ])('K18 answer 503, not 401, while the authorization server %s', async (_title, status, body) => {
    await using authorizationServer = await listen(
      createServer((_request, response) => response.writeHead(status).end(body)),
    );
    await using hub = await start({ subscriberKey: { jwksUrl: authorizationServer.url } });
    const response = await hub.ask(await sign(rsa.privateKey, 'RS256'));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(hub.logged.join()).toMatch(/keys_unavailable/);
  });
});

describe('issuers', () => {
  const issuers = [
    { issuer: 'https://a.example', subscriberKey: { pem: pem(rsa.publicKey) } },
    {
      issuer: 'https://b.example',
      subscriberKey: { pem: pem(otherRsa.publicKey) },
      publisherKey: { secret },
    },
  ];

  it('K19 are believed in what they sign with their own keys, and in nothing else', async () => {
    await using hub = await start({ issuers });
    expect(await hub.status(signAccessToken(rsa.privateKey, 'RS256', 'https://a.example'))).toBe(200);
    expect(await hub.status(signAccessToken(otherRsa.privateKey, 'RS256', 'https://b.example'))).toBe(200);
    expect(await hub.status(signAccessToken(rsa.privateKey, 'RS256', 'https://b.example'))).toBe(401);
    expect(await hub.status(signAccessToken(rsa.privateKey, 'RS256', 'https://a.example/'))).toBe(401);
    // The keys of 0.x are not for tokens of 1.0 when there are issuers.
    expect(await hub.status(signAccessToken(Buffer.from(secret), 'HS256', publicUrl))).toBe(401);
    expect(await hub.status(sign(Buffer.from(secret), 'HS256'))).toBe(200);
  });

  it('A9 tell a stranger nothing about the set-up, and the log all of it', async () => {
    await using hub = await start({ issuers });
    const answers: (string | null)[] = [];
    for (const token of [
      signAccessToken(rsa.privateKey, 'RS256', 'https://c.example'),
      signAccessToken(otherRsa.privateKey, 'RS256', 'https://a.example'),
      signAccessToken(p256.privateKey, 'ES256', 'https://a.example'),
    ]) {
      answers.push((await hub.ask(await token)).headers.get('www-authenticate'));
    }
    for (const answer of answers) {
      expect(answer).toMatch(/error="invalid_token"/);
      expect(answer).not.toMatch(/\/\/[abc]\.example|256/);
    }
    const [unknownIssuer, wrongSignature, wrongAlgorithm] = hub.logged;
    expect(unknownIssuer).toMatch(
      /https:\/\/c\.example.*is not one of.*https:\/\/a\.example.*https:\/\/b\.example/,
    );
    expect(wrongSignature).toMatch(/signature does not verify.*https:\/\/a\.example/);
    expect(wrongAlgorithm).toMatch(/ES256.*algorithms: RS256/);
  });

  it('A9 tell the bearer of a genuine token what is wrong with it', async () => {
    await using hub = await start({ issuers });
    const expired = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' })
      .setIssuer('https://a.example')
      .setAudience('https://other.example')
      .setExpirationTime('1 minute')
      .sign(rsa.privateKey);
    expect((await hub.ask(expired)).headers.get('www-authenticate')).toMatch(
      /token's aud is missing or not acceptable/,
    );
    expect(hub.logged.join()).toContain('https://other.example');
  });
});
