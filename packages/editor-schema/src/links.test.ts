import { expect, test } from 'vitest';
import { isSafeLink, linkFromInput } from './links.ts';

test.each(['https://example.org/a?b#c', 'http://localhost:8080', 'mailto:a@example.org', 'tel:+33123456789'])(
  '%s may be linked to',
  href => expect(isSafeLink(href)).toBe(true),
);

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  '\u0001javascript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://example.org/1',
  '//example.org',
  '/relative',
  '',
])('%j may not be linked to', href => expect(isSafeLink(href)).toBe(false));

test.each([
  ['https://example.org', 'https://example.org'],
  ['  example.org/page ', 'https://example.org/page'],
  ['example.org:8080/x', 'https://example.org:8080/x'],
  ['someone@example.org', 'mailto:someone@example.org'],
  ['javascript:alert(1)', null],
  ['two words.org', null],
  ['word', null],
  ['', null],
])('what a person typed, %j, becomes %j', (input, link) => expect(linkFromInput(input)).toBe(link));
