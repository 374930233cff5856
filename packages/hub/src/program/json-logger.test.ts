import { expect, it } from 'vitest';
import { jsonLogger } from './json-logger.ts';

it('O5 leaves out what is logged under the name of a secret, and the levels that are not wanted', () => {
  const lines: string[] = [];
  const logger = jsonLogger('info', line => lines.push(line));
  logger.debug('unwanted');
  logger.warn('wanted', {
    request: { headers: { Authorization: 'Bearer x', Cookie: 'y' }, tokens: ['z'] },
    position: 12n,
    error: Object.assign(new Error('broken'), { code: 'E' }),
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith('}\n')).toBe(true);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'warn',
    message: 'wanted',
    request: { headers: { Authorization: '[left out]', Cookie: '[left out]' }, tokens: '[left out]' },
    position: '12',
    error: { message: 'broken', code: 'E', stack: expect.any(String) },
  });
});
