import { expect, test } from 'vitest';
import { ownPath } from './own-path.ts';

test.each(['/', '/trash', '/documents/1?a=b#c'])('after log-in one may come back to %s', path => {
  expect(ownPath(path)).toBe(path);
});

test.each([
  '//example.org',
  '/\\example.org',
  '/\t/example.org',
  'https://example.org/',
  'javascript:alert(1)',
  'documents',
  '',
  undefined,
  1,
])('after log-in nobody is sent to %j', path => expect(ownPath(path)).toBeUndefined());
