import { expect, it, vi } from 'vitest';
import { type Grant, grantOfMercureClaim } from './claims.ts';
import { GrantCache } from './grant-cache.ts';

const grant = (exp?: number): Grant =>
  grantOfMercureClaim({ mercure: {}, ...(exp !== undefined && { exp }) });

it('K20 a token is verified once for the same circumstances', async () => {
  const cache = new GrantCache();
  const verify = vi.fn(async () => grant());
  expect(await cache.get('a', 'here', verify)).toBe(await cache.get('a', 'here', verify));
  expect(verify).toHaveBeenCalledTimes(1);
  await cache.get('a', 'there', verify);
  await cache.get('b', 'here', verify);
  await cache.get('a h', 'ere', verify);
  expect(verify).toHaveBeenCalledTimes(4);
});

it('K20 a token is verified again from the moment it expires', async () => {
  const cache = new GrantCache();
  const verify = vi.fn(async () => grant(2_000));
  vi.useFakeTimers({ now: 1_999_999, toFake: ['Date'] });
  try {
    await cache.get('a', '', verify);
    await cache.get('a', '', verify);
    expect(verify).toHaveBeenCalledTimes(1);
    vi.setSystemTime(2_000_000);
    verify.mockRejectedValue(new Error('expired'));
    await expect(cache.get('a', '', verify)).rejects.toThrow('expired');
    await expect(cache.get('a', '', verify)).rejects.toThrow('expired');
  } finally {
    vi.useRealTimers();
  }
});

it('K20 what does not verify is not remembered, and neither are tokens beyond the bounds', async () => {
  const cache = new GrantCache();
  const refuse = vi.fn(async () => Promise.reject(new Error('refused')));
  await expect(cache.get('a', '', refuse)).rejects.toThrow('refused');
  const verify = vi.fn(async () => grant());
  await cache.get('a', '', verify);
  for (let number = 0; number < 1_000; number++) await cache.get(`other ${number}`, '', verify);
  await cache.get('other 999', '', verify);
  expect(verify).toHaveBeenCalledTimes(1_001);
  await cache.get('a', '', verify);
  expect(verify).toHaveBeenCalledTimes(1_002);
  const long = 'x'.repeat(10_000);
  await cache.get(long, '', verify);
  await cache.get(long, '', verify);
  expect(verify).toHaveBeenCalledTimes(1_004);
});

it('K22 tokens are forgotten, the least recently used first, when what was read out of them takes too much', async () => {
  const cache = new GrantCache();
  const publish = Array.from({ length: 25 }, (_, index) => `{a:32}${index}`);
  const large = grantOfMercureClaim({ mercure: { publish } });
  const verify = vi.fn(async () => large);
  for (let number = 0; number < 100; number++) await cache.get(`token ${number}`, '', verify);
  const refuse = async () => Promise.reject(new Error('not remembered'));
  let remembered = 0;
  for (let number = 99; number >= 0; number--) {
    await cache.get(`token ${number}`, '', refuse).then(
      () => remembered++,
      () => expect(number).toBeLessThan(100 - remembered),
    );
  }
  expect(remembered).toBeGreaterThan(10);
  expect(remembered * large.bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  // What is verified several times at once counts once.
  const again = new GrantCache();
  const small = { ...large, bytes: 100_000 };
  for (let round = 0; round < 10; round++) {
    const expired = { ...small, expiresAtMs: 0 };
    await Promise.all(Array.from({ length: 20 }, () => again.get('a', '', async () => expired)));
  }
  await again.get('b', '', async () => small);
  await expect(again.get('b', '', refuse)).resolves.toBe(small);
});
