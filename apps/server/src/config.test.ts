import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, environmentSchema, PUBLISHED_SECRET, readConfig } from './config.ts';

const SECRET = 'a secret of our own, long enough for HS256';
const dist = readFileSync(new URL('../../../.env.dist', import.meta.url), 'utf8');

test('nothing needs to be set', () => {
  expect(readConfig({})).toEqual({
    environment: 'dev',
    port: 8080,
    publicUrl: undefined,
    dataDir: './data',
    seedUsers: true,
    logLevel: 'info',
    trustedProxies: ['loopback'],
    hub: {
      publisherSecret: PUBLISHED_SECRET,
      subscriberSecret: PUBLISHED_SECRET,
      anonymous: true,
      outsideUrl: undefined,
      publicUrl: '/.well-known/mercure',
    },
  });
});

test('an empty value counts as not set', () => {
  expect(readConfig({ PORT: '', PUBLIC_URL: '', SEED_USERS: '' })).toEqual(readConfig({}));
});

test('publishers and subscribers share the secret unless they have keys of their own', () => {
  const publisher = `${SECRET}, for publishers`;
  expect(
    readConfig({ MERCURE_JWT_SECRET_KEY: SECRET, MERCURE_PUBLISHER_JWT_KEY: publisher }).hub,
  ).toMatchObject({
    publisherSecret: publisher,
    subscriberSecret: SECRET,
  });
});

test('production seeds nobody and wants a token of every subscriber', () => {
  const config = readConfig({ APP_ENV: 'prod', MERCURE_JWT_SECRET_KEY: SECRET });
  expect(config.seedUsers).toBe(false);
  expect(config.hub.anonymous).toBe(false);
});

test('it cannot be changed', () => {
  const config = readConfig({});
  expect([config, config.hub, config.trustedProxies].every(Object.isFrozen)).toBe(true);
});

test('the public address loses its trailing slash', () => {
  expect(readConfig({ PUBLIC_URL: 'https://cahier.example.org/' }).publicUrl).toBe(
    'https://cahier.example.org',
  );
});

test('an outside hub is on our own origin for browsers, unless told otherwise', () => {
  const MERCURE_URL = 'http://hub.internal:3000/.well-known/mercure';
  const MERCURE_PUBLIC_URL = 'https://hub.example.org/.well-known/mercure';
  expect(readConfig({ MERCURE_URL }).hub).toMatchObject({
    outsideUrl: MERCURE_URL,
    publicUrl: '/.well-known/mercure',
  });
  expect(readConfig({ MERCURE_URL, MERCURE_PUBLIC_URL }).hub.publicUrl).toBe(MERCURE_PUBLIC_URL);
});

describe('a wrong value is refused with one line that names it', () => {
  test.each([
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: 'eighty' }],
    ['PORT', { PORT: '80.5' }],
    ['APP_ENV', { APP_ENV: 'staging' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'cahier.example.org' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://cahier.example.org' }],
    ['SEED_USERS', { SEED_USERS: 'maybe' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'everybody' }],
    ['MERCURE_JWT_SECRET_KEY', { MERCURE_JWT_SECRET_KEY: 'short' }],
    ['MERCURE_JWT_SECRET_KEY', { APP_ENV: 'prod' }],
    ['MERCURE_JWT_SECRET_KEY', { APP_ENV: 'prod', MERCURE_PUBLISHER_JWT_KEY: SECRET }],
    ['MERCURE_URL', { MERCURE_URL: '/.well-known/mercure' }],
    ['MERCURE_URL', { MERCURE_URL: 'http://user:password@hub.example.org/' }],
    ['MERCURE_PUBLIC_URL', { MERCURE_PUBLIC_URL: 'https://hub.example.org/.well-known/mercure' }],
    [
      'MERCURE_PUBLIC_URL',
      {
        PUBLIC_URL: 'https://cahier.example.org',
        MERCURE_URL: 'http://hub.internal/.well-known/mercure',
        MERCURE_PUBLIC_URL: 'http://hub.example.org/.well-known/mercure',
      },
    ],
    ['SEED_USERS', { APP_ENV: 'prod', MERCURE_JWT_SECRET_KEY: SECRET, SEED_USERS: 'true' }],
  ])('%s: %o', (name, environment) => {
    const read = () => readConfig(environment);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^${name}\\b[^\\n]+$`));
  });
});

describe('.env.dist', () => {
  const named = [...dist.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);

  test('names every variable that is read, and no other', () => {
    expect(named.sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  test('has the secret as the seed of the project has it', () => {
    expect(dist).toContain(
      `###> Mercure ###\nMERCURE_JWT_SECRET_KEY=${PUBLISHED_SECRET}\n###< Mercure ###\n`,
    );
  });

  test('changes nothing when it is used as it is', () => {
    const values = Object.fromEntries(
      [...dist.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, key, value]) => [key, value]),
    );
    expect(readConfig(values)).toEqual(readConfig({}));
  });
});
