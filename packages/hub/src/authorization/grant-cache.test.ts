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
