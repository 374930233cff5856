import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileUrlPattern, urlText } from './url-pattern.ts';

const base = new URL('https://hub.example/.well-known/mercure');
const matches = (pattern: string, topic: string) => compileUrlPattern(pattern, base).matches(topic);

describe('what a pattern matches', () => {
  it.each([
    ['https://example.com/books/:id', 'https://example.com/books/1', true],
    ['https://example.com/books/:id', 'https://EXAMPLE.com:443/books/1?page=2#end', true],
    ['https://example.com/books/:id', 'https://example.com/books/', false],
    ['https://example.com/books/:id', 'https://example.com/books/1/2', false],
    ['https://example.com/books/:id', 'http://example.com/books/1', false],
    ['https://example.com/books/:id', 'https://example.com/Books/1', false],
    ['https://example.com/books/:id?', 'https://example.com/books', true],
    ['https://example.com/books/:id+', 'https://example.com/books/1/2/3', true],
    ['https://example.com/books/*', 'https://example.com/books/', true],
    ['https://example.com/books{/old}?', 'https://example.com/books/old', true],
    ['https://example.com/:id(\\d+)', 'https://example.com/12', true],
    ['https://example.com/:id(\\d+)', 'https://example.com/12a', false],
    ['https://example.com/(a|b{2,3}|[c-e]+)', 'https://example.com/bb', true],
    ['https://example.com/(a|b{2,3}|[c-e]+)', 'https://example.com/bbbb', false],
    ['https://example.com/(a|b{2,3}|[c-e]+)', 'https://example.com/edc', true],
    ['https://*.example.com/', 'https://a.b.example.com/', true],
    ['https://:sub.example.com/', 'https://a.b.example.com/', false],
    ['http{s}?://example.com/', 'http://example.com/', true],
    ['https://example.com/é', 'https://example.com/%C3%A9', true],
    ['https://example.com/é', 'https://example.com/é', true],
    ['urn\\:isbn\\:*', 'urn:isbn:1', true],
    ['urn\\:isbn\\:*', 'urn:issn:1', false],
    ['*', 'https://hub.example/.well-known/x', true],
    ['/books/:id', '/books/1', true],
    ['/books/:id', 'https://hub.example/books/1', true],
    ['/books/:id', 'https://example.com/books/1', false],
    [
      '/.well-known/mercure/subscriptions/:type/:match/:id',
      '/.well-known/mercure/subscriptions/exact/a/b',
      true,
    ],
    ['https://hub.example/books/:id', '/books/1', true],
    ['https://example.com/*', 'https://', false],
  ])('V1 %s and %s: %s', (pattern, topic, expected) => {
    expect(matches(pattern, topic)).toBe(expected);
  });

  it.each([
    ['a name twice', 'https://example.com/:a/:a'],
    ['an open brace', 'https://example.com/{a'],
    ['nested braces', 'https://example.com/{a{b}}'],
    ['a modifier of nothing', 'https://example.com/+'],
    ['an unclosed group', 'https://example.com/(a'],
    ['a bare colon', 'https://example.com/a:/b'],
    ['a capturing group', 'https://example.com/((a))'],
    ['an impossible host', 'https://exa mple.com/'],
    ['an impossible port', 'https://example.com:99999/'],
    ['a broken regular expression', 'https://example.com/(*)'],
    ['a broken class', 'https://example.com/([a)'],
    ['a range in the wrong order', 'https://example.com/([z-a])'],
    ['a count in the wrong order', 'https://example.com/(a{2,1})'],
    ['dots that climb above a name', '/books/:id[/..'],
    ['white space before a protocol', ' a\\:'],
  ])('V2 %s is malformed', (_title, pattern) => {
    expect(() => compileUrlPattern(pattern, base)).toThrow(
      expect.objectContaining({ code: 'matcher_invalid' }),
    );
  });

  it.each([
    ['looking ahead', '/(a(?=b))'],
    ['looking ahead for absence', '/(a(?!b))'],
    ['looking back', '/(a(?<=b))'],
    ['a reference', '/(a\\1)'],
    ['a named reference', '/(a\\k<x>)'],
    ['an anchor', '/(^a$)'],
    ['a word boundary', '/(a\\b)'],
    ['a property', '/(\\p{L})'],
    ['a class within a class', '/([a[b]])'],
    ['an intersection', '/([a&&b])'],
    ['a difference', '/([a--b])'],
    ['modifiers', '/((?i:a))'],
    ['deep nesting', `/(${'(?:'.repeat(60)}a${')'.repeat(60)})`],
    ['a large count', '/(a{100000})'],
    [
      'counts that multiply',
      '/(((?:a{99}){99}){99})'.replaceAll('((', '((?:').replace('/((?:(?:', '/((?:(?:'),
    ],
    ['a long text', `/*${'a'.repeat(1_500)}`],
  ])('V3 %s is refused with a reason', (_title, pattern) => {
    expect(() => compileUrlPattern(pattern, base)).toThrow(
      expect.objectContaining({ code: 'matcher_unsupported' }),
    );
  });
});

describe('hostile patterns', () => {
  const attack = `/${'a'.repeat(1_900)}!`;
  it.each([
    '/(a+)+',
    '/((?:a+)+)',
    '/((?:a|a)*)',
    '/((?:a*)*b)',
    '/((?:a?){60}a{60})',
    '/((?:[a-z]+)*\\d)',
    '/*a*a*a*a*a*a*a*a*a*a*a*b',
    `/${'{a}*'.repeat(100)}b`,
    `/${':a'.replace('a', 'b')}(.*)(.*)(.*)(.*)(.*)(.*)x`,
    `/${Array.from({ length: 60 }, (_, index) => `:n${index}`).join('')}`,
    '/{:a}*{:b}*{:c}*{:d}*{:e}*{:f}*!x',
    '/(.*.*.*.*.*.*.*.*=.*)',
  ])('V4 %s takes steps in proportion to the topic', pattern => {
    const { matches, recognizers } = compileUrlPattern(pattern, base);
    matches(attack);
    for (const { work, size } of recognizers) {
      expect(size).toBeLessThan(5_000);
      expect(work).toBeLessThanOrEqual(size * (attack.length + 1));
    }
  });

  it('V4 so does every pattern', () => {
    const piece = fc.constantFrom(
      'a',
      '*',
      ':a',
      ':b',
      '(a*)',
      '(a|b)',
      '{a}*',
      '{a:c}+',
      '/',
      '?',
      '+',
      '(.+)',
      '(a{3,})',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), pieces => {
        const compiled = tryTo(() => compileUrlPattern(`/${pieces.join('')}`, base));
        if (compiled === undefined) return;
        const topic = `/${'ab'.repeat(200)}`;
        compiled.matches(topic);
        for (const { work, size } of compiled.recognizers)
          expect(work).toBeLessThanOrEqual(size * (topic.length + 1));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the platform’s URLPattern, which backtracks', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      'ab',
      '/',
      '/',
      '*',
      ':x',
      ':y',
      '(a)',
      '([ab]+)',
      '(a|bb)',
      '(\\d{1,2})',
      '{a}?',
      '{/b}*',
      '{/:z}+',
    ],
    ...[
      '{',
      '}',
      '?',
      '+',
      '.',
      '%41',
      'é',
      '\\:',
      '\\*',
      ' ',
      '#',
      '@',
      '1',
      '[',
      ']',
      '(a?b*)',
      '(.*)',
      '([^/]+?)',
      '-',
    ],
  );
  const prefix = fc.constantFrom(
    '',
    '/',
    'https://',
    'https://example.com',
    'https://*.com/',
    'http{s}?://a/',
    'foo://',
    'foo:',
    'https://a:1/',
    '?',
    '#',
    'https://u:p@h/',
  );
  const pattern = fc
    .tuple(prefix, fc.array(piece, { maxLength: 7 }))
    .map(([start, rest]) => start + rest.join(''));
  const topicPiece = fc.constantFrom(
    'a',
    'b',
    'ab',
    '/',
    '/',
    '1',
    '12',
    '.',
    '%41',
    'é',
    ':',
    '*',
    ' ',
    '?',
    '#',
    '-',
    'bb',
  );
  const topicPrefix = fc.constantFrom(
    '',
    '/',
    'https://example.com/',
    'https://x.com/',
    'https://a/',
    'http://a/',
    'foo://',
    'foo:',
    'https://u:p@h/',
  );
  const topic = fc
    .tuple(topicPrefix, fc.array(topicPiece, { maxLength: 6 }))
    .map(([start, rest]) => start + rest.join(''));

  /** An absolute pattern has no base, as the Mercure specification wants it. */
  const reference = (text: string) =>
    tryTo(() => new URLPattern(text)) ?? tryTo(() => new URLPattern(text, base.href));

  it('V1 agrees on what is a pattern and what it matches', () => {
    fc.assert(
      fc.property(pattern, fc.array(topic, { minLength: 5, maxLength: 5 }), (text, topics) => {
        // The platform reads these in opaque paths as if they were a URL's ends, or resolves them.
        fc.pre(!/^foo:.*(?: |(?<!foo:)\/\/|\{[^}]*[#?]|\/\.)/.test(text));
        const expected = reference(text);
        const compiled = tryTo(() => compileUrlPattern(text, base));
        expect(compiled !== undefined).toBe(expected !== undefined);
        for (const candidate of topics) {
          expect([candidate, compiled?.matches(candidate)]).toEqual([
            candidate,
            expected?.test(candidate, base.href),
          ]);
          if (compiled?.matches(candidate) !== true) continue;
          expect(urlText(candidate, base.href)?.startsWith(compiled.prefix)).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

function tryTo<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
