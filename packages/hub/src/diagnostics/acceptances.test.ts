import { expect, it } from 'vitest';
import { Acceptances } from './acceptances.ts';

const update = () => ({ topics: ['a'] });

it('G2 every accepted update is known until it is taken, in whatever order', () => {
  const acceptances = new Acceptances<ReturnType<typeof update>>();
  const [first, second, third, strange] = [update(), update(), update(), update()];
  const before = performance.now();
  for (const accepted of [first, second, third]) acceptances.add(accepted);
  const after = performance.now();
  expect(acceptances.take(strange)).toBeUndefined();
  for (const accepted of [second, third, first]) {
    const acceptedAtMs = acceptances.take(accepted);
    expect(acceptedAtMs).toBeGreaterThanOrEqual(before);
    expect(acceptedAtMs).toBeLessThanOrEqual(after);
    expect(acceptances.take(accepted)).toBeUndefined();
  }
});
