import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseForm } from './form.ts';

describe('parseForm', () => {
  it('F1 reads what URLSearchParams writes', () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })));
    fc.assert(
      fc.property(pairs, fields => {
        expect([...parseForm(new URLSearchParams(fields).toString())]).toEqual(fields);
      }),
    );
  });

  it.each([
    [
      'a=1&a=2&b',
      [
        ['a', '1'],
        ['a', '2'],
        ['b', ''],
      ],
    ],
    ['&&a=b=c&', [['a', 'b=c']]],
    [
      'a=100%&b=%zz+%4',
      [
        ['a', '100%'],
        ['b', '%zz %4'],
      ],
    ],
    ['', []],
  ])('F1 reads %j as the URL Standard does', (text, fields) => {
    expect([...parseForm(text)]).toEqual(fields);
    expect([...new URLSearchParams(text)]).toEqual(fields);
  });

  it.each(['a=%FF', '%C3=a', 'a=\xff', 'a=%ED%A0%80'])('F2 refuses %j, which is not UTF-8', text => {
    expect(() => parseForm(text)).toThrow(expect.objectContaining({ code: 'invalid_encoding' }));
  });

  it('F3 refuses more fields than it will hold', () => {
    expect(() => parseForm('a&'.repeat(5_000))).toThrow(
      expect.objectContaining({ code: 'invalid_encoding' }),
    );
  });
});
