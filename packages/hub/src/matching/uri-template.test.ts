import fc from 'fast-check';
import { parseTemplate } from 'url-template';
import { describe, expect, it } from 'vitest';
import { compileUriTemplate, MAX_TEMPLATE_VARIABLES } from './uri-template.ts';

const matching = (template: string) => {
  const compiled = compileUriTemplate(template);
  if (compiled === undefined) throw new Error(`${template} is no template`);
  return (text: string) => compiled.matches(text);
};

// Templates and expansions of RFC 6570, sections 1.2 and 3.2.
const expansions: [template: string, ...expansions: string[]][] = [
  ['{var}', 'value', ''],
  ['{hello}', 'Hello%20World%21'],
  ['{+path}/here', '/foo/bar/here'],
  ['here?ref={+path}', 'here?ref=/foo/bar'],
  ['X{#var}', 'X#value', 'X'],
  ['X{#hello}', 'X#Hello%20World!'],
  ['map?{x,y}', 'map?1024,768', 'map?1024'],
  ['{x,hello,y}', '1024,Hello%20World%21,768'],
  ['{+x,hello,y}', '1024,Hello%20World!,768'],
  ['{#path,x}/here', '#/foo/bar,1024/here'],
  ['X{.x,y}', 'X.1024.768', 'X.1024', 'X'],
  ['{/var,x}/here', '/value/1024/here', '/here'],
  ['{;x,y,empty}', ';x=1024;y=768;empty', ';y=768', ''],
  ['{?x,y,empty}', '?x=1024&y=768&empty=', '?y=768', ''],
  ['?fixed=yes{&x}', '?fixed=yes&x=1024', '?fixed=yes'],
  ['{var:3}', 'val', 'v', ''],
  ['{+path:6}here', '/foo/bhere'],
  ['{/var:1,var}', '/v/value'],
  ['{list}', 'red,green,blue'],
  ['{list*}', 'red,green,blue'],
  ['{keys*}', 'semi=%3B,dot=.,comma=%2C'],
  ['X{.keys*}', 'X.semi=%3B.dot=..comma=%2C'],
  ['{/keys*}', '/semi=%3B/dot=./comma=%2C'],
  ['{var:2}', '%C3%A9%E2%9C%93', '%F0%9F%98%80v'],
  ['X{.list*}', 'X.red.green.blue'],
  ['{/list*}', '/red/green/blue'],
  ['{/list*,path:4}', '/red/green/blue/%2Ffoo'],
  ['{;list}', ';list=red,green,blue'],
  ['{;list*}', ';list=red;list=green;list=blue'],
  ['{?list}', '?list=red,green,blue'],
  ['{?keys*}', '?semi=%3B&dot=.&comma=%2C'],
  ['{&keys}', '&keys=semi,%3B,dot,.,comma,%2C'],
];

describe('URI templates', () => {
  it.each(expansions)('U1 %s matches what it expands to', (template, ...texts) => {
    for (const text of texts) expect([text, matching(template)(text)]).toEqual([text, true]);
  });

  it.each([
    [
      '/books/{id}',
      '/books/1/2',
      '/books',
      '/books/a b',
      '/books/é',
      '/books/%zz',
      '/books/1?x',
      'x/books/1',
    ],
    ['{var:3}', 'valu', '%E2%9C%93%F0%9F%98%80%C3%A9a'],
    ['{list*}', 'a=b=c'],
    ['{?x}', '?y=1', '?x=1&x=2', 'x=1', '?x'],
    ['{/a,b}', '/1/2/3', '1/2'],
    ['{;x}', ';y=1'],
    ['{x}{y}!', 'abc'],
    ['a{x}b', 'ab\u0000', 'aé b'],
  ])('U1 %s matches nothing else', (template, ...texts) => {
    for (const text of texts) expect([text, matching(template)(text)]).toEqual([text, false]);
  });

  it.each([
    '',
    'plain',
    '{',
    '}',
    'a}b',
    '{}',
    '{?}',
    '{a',
    '{{a}}',
    '{a b}',
    '{a:0}',
    '{a:10000}',
    '{a:}',
    '{a:1*}',
    '{=a}',
    '{a..b}',
    '{a.}',
    '{%4}',
    '{é}',
    // Literals that are none.
    'a b{c}',
    '100%{c}',
    '"{c}',
    '<{c}',
    '^{c}',
    '`{c}',
    '|{c}',
    '\\{c}',
    '\ufdd0{c}',
    '\u{1fffe}{c}',
  ])('U2 %j is no template', text => expect(compileUriTemplate(text)).toBeUndefined());

  it('U2 literals may be whatever an IRI may have, percent-encoded or not', () => {
    for (const literal of ["it's", 'é✓\u{1f600}', '%C3%A9', "!#$&'()*+,;=:@[]~"]) {
      expect(matching(`${literal}/{c}`)(`${literal}/1`)).toBe(true);
    }
  });

  it('U1 matches whatever an independent implementation expands it to', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd_1', 'e.f');
    const modifier = fc.oneof(
      fc.constantFrom('', '', '*'),
      fc.integer({ min: 1, max: 3 }).map(n => `:${n}`),
    );
    const operator = fc.constantFrom('', '+', '#', '.', '/', ';', '?', '&');
    const variables = fc.array(
      fc.tuple(name, modifier).map(parts => parts.join('')),
      { minLength: 1, maxLength: 3 },
    );
    const expression = fc.tuple(operator, variables).map(([first, list]) => `{${first}${list}}`);
    const literal = fc.constantFrom('', '/', 'x', '%20', '?fixed=1', ',', '.');
    const template = fc
      .tuple(literal, fc.array(fc.tuple(expression, literal), { minLength: 1, maxLength: 3 }))
      .map(parts => parts.flat(2).join(''));
    // Neither a lone % nor characters beyond the basic plane: of both the other implementation makes something else.
    const unit = fc.integer({ min: 0x26, max: 0xd7ff }).map(code => String.fromCharCode(code));
    const text = fc.string({ unit: fc.oneof(fc.constantFrom(...'ab1~!=&,;/?#"é✓'), unit), maxLength: 12 });
    const key = text.filter(value => value !== '');
    // A value with a modifier `:n` is a string (section 2.4.1).
    const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.dictionary(key, text, { maxKeys: 3 }));
    const values = fc.record(
      { a: value, b: value, c: value, d_1: value, 'e.f': value },
      { requiredKeys: [] },
    );
    const texts = fc.record({ a: text, b: text, c: text, d_1: text, 'e.f': text }, { requiredKeys: [] });
    fc.assert(
      fc.property(template, values, texts, (pattern, any, plain) => {
        const expanded = parseTemplate(pattern).expand(pattern.includes(':') ? plain : any);
        expect([pattern, expanded, compileUriTemplate(pattern)?.matches(expanded)]).toEqual([
          pattern,
          expanded,
          true,
        ]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('U3 refuses more variables than it will follow', () => {
    expect(compileUriTemplate('{a}'.repeat(MAX_TEMPLATE_VARIABLES))).toBeDefined();
    expect(() => compileUriTemplate('{a}'.repeat(MAX_TEMPLATE_VARIABLES + 1))).toThrow(RangeError);
    expect(() => compileUriTemplate('{a:9999}')).toThrow(RangeError);
  });

  // Backtracking over any of these would outlast the test's time limit by far.
  it.each([
    `${'{a}'.repeat(32)}!`,
    '{?a*,b*,c*}'.repeat(10),
    `${'{+a*}x'.repeat(30)}y`,
    '{/a*,b*}'.repeat(16),
  ])('U4 %s is done with at once, though made to be slow', template => {
    const matches = matching(template);
    for (const character of 'ax/?&=') expect(matches(`${character.repeat(5_000)} `)).toBe(false);
  });

  it('U5 never fails and never matches beyond its literal beginning, whatever it is given', () => {
    const piece = fc.constantFrom('{a}', '{+b}', '{?c*}', '{/d:2}', '{', '}', 'x', '/', ',', '%', '{a,b}');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.string({ maxLength: 30 }), (pieces, text) => {
        const template = compileUriTemplate(pieces.join(''));
        const [literal = ''] = pieces.join('').split('{');
        if (template?.matches(text)) expect(text.startsWith(literal)).toBe(true);
      }),
    );
  });
});
