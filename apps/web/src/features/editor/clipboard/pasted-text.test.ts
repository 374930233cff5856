import { describe, expect, test } from 'vitest';
import { htmlOfPastedText } from './pasted-text.ts';

test.each([
  ['one line', '- milk'],
  ['paragraphs', 'one\n\ntwo\nthree'],
  ['a single item', 'Dear Ann,\n- as you said -\nBen'],
  ['lines that begin with years', '1989. The wall falls.\n1997. Something else.'],
  ['a date', '3. Oktober 1990\nTag der Einheit'],
  ['indented lines', '\tone\n\ttwo'],
  ['a signature', 'Regards\n-- \nAnn'],
])('%s: nothing but paragraphs', (_, text) => expect(htmlOfPastedText(text)).toBeNull());

describe('lists', () => {
  test.each(['-', '*', '+', '•'])('with %s, further in within the item before', sign => {
    expect(htmlOfPastedText(`To do:\n${sign} one\n  ${sign} a\n  ${sign} b\n${sign} two\nDone.`)).toBe(
      '<p>To do:</p><ul><li><p>one</p><ul><li><p>a</p></li><li><p>b</p></li></ul></li><li><p>two</p></li></ul><p>Done.</p>',
    );
  });

  test('numbered, beginning anywhere, with empty lines between the items and Windows line ends', () => {
    expect(htmlOfPastedText('3) three\r\n\r\n4) four\r\n')).toBe(
      '<ol start="3"><li><p>three</p></li><li><p>four</p></li></ol>',
    );
  });

  test('of tasks, even of one', () => {
    expect(htmlOfPastedText('Today\n- [x] milk\n- [ ] eggs')).toBe(
      '<p>Today</p><ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>milk</p></li><li data-type="taskItem" data-checked="false"><p>eggs</p></li></ul>',
    );
    expect(htmlOfPastedText('Today\n- [ ] milk')).toContain('taskItem');
  });

  test('of two kinds beside each other are two', () => {
    expect(htmlOfPastedText('- a\n- b\n1. c\n2. d')).toBe(
      '<ul><li><p>a</p></li><li><p>b</p></li></ul><ol><li><p>c</p></li><li><p>d</p></li></ol>',
    );
  });
});

test('headings, rules, quotations, code and links', () => {
  expect(
    htmlOfPastedText(
      '# One #\ntext\n***\n> said\n> > more\n\n```js\na < b\n\n- c\n```\n[x](https://example.org/?a=1&b)',
    ),
  ).toBe(
    '<h1>One</h1><p>text</p><hr><blockquote><p>said</p><blockquote><p>more</p></blockquote></blockquote>' +
      '<pre><code class="language-js">a &lt; b\n\n- c</code></pre><p><a href="https://example.org/?a=1&amp;b">x</a></p>',
  );
});

test('tables with bars or tabs; rows that are too short are filled up', () => {
  expect(htmlOfPastedText('| a | b |\n|---|:-:|\n| 1 | 2\\|3 |\n| 4 |')).toBe(
    '<table><tbody><tr><th><p>a</p></th><th><p>b</p></th></tr><tr><td><p>1</p></td><td><p>2|3</p></td></tr>' +
      '<tr><td><p>4</p></td><td><p></p></td></tr></tbody></table>',
  );
  expect(htmlOfPastedText('a\tb\n1\t\nend')).toBe(
    '<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr><tr><td><p>1</p></td><td><p></p></td></tr></tbody></table><p>end</p>',
  );
});

test('nothing in a text is taken for HTML', () => {
  expect(htmlOfPastedText('# <img src=x onerror=alert(1)>\n[x](javascript:alert(1))\n```"><b>\n```')).toBe(
    '<h1>&lt;img src=x onerror=alert(1)&gt;</h1><p>[x](javascript:alert(1))</p><p>```&quot;&gt;&lt;b&gt;</p><pre><code></code></pre>',
  );
});

test('a long text is read in a moment, whatever is in it', () => {
  const hostile = [
    '>'.repeat(20_000),
    `[${'['.repeat(20_000)}`,
    `|${' |'.repeat(20_000)}`,
    '- '.repeat(20_000),
  ];
  const stairs = Array.from({ length: 5_000 }, (_, at) => `${' '.repeat(at)}- item`);
  const started = performance.now();
  htmlOfPastedText(
    [
      ...hostile,
      ...stairs,
      ...Array.from({ length: 20_000 }, (_, at) => `${' '.repeat(at % 9)}- item ${at}`),
    ].join('\n'),
  );
  expect(performance.now() - started).toBeLessThan(5_000);
});
