import { describe, expect, test } from 'vitest';
import { tidyPastedHtml } from './pasted-html.ts';

const word = (level: number, sign: string, words: string, list = 'l0') =>
  `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:${list} level${level} lfo1'><span style='font-family:Symbol'><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><span>${words}</span></p>\n`;

/** Without what only other programs have a use for. */
const tidied = (html: string) =>
  tidyPastedHtml(html)
    .replaceAll(/ (class|style|role|aria-\w+|data-l\w+)="[^"]*"/g, '')
    .replaceAll(/<\/?span>|\n/g, '');

describe('lists of Word', () => {
  test('are lists, one in the other, bulleted or numbered', () => {
    expect(
      tidied(
        `<p>To do</p>${word(1, '·', 'one')}${word(2, 'o', 'in')}${word(3, '§', 'deep')}${word(1, '·', 'two')}${word(1, '1.', 'a', 'l1')}${word(1, '2.', 'b', 'l1')}<p>Done</p>`,
      ),
    ).toBe(
      '<p>To do</p><ul><li><p>one</p><ul><li><p>in</p><ul><li><p>deep</p></li></ul></li></ul></li><li><p>two</p></li></ul>' +
        '<ol><li><p>a</p></li><li><p>b</p></li></ol><p>Done</p>',
    );
  });

  test('that are interrupted go on with the number they had', () => {
    expect(tidied(`${word(1, '1)', 'a')}<p>between</p>${word(1, '2)', 'b')}`)).toBe(
      '<ol><li><p>a</p></li></ol><p>between</p><ol start="2"><li><p>b</p></li></ol>',
    );
  });

  test('that begin further in, or are within a cell', () => {
    expect(
      tidied(`<table><tbody><tr><td>${word(2, 'a.', 'x')}${word(1, '-', 'y')}</td></tr></tbody></table>`),
    ).toBe(
      '<table><tbody><tr><td><ol><li><p>x</p></li></ol><ul><li><p>y</p></li></ul></td></tr></tbody></table>',
    );
  });

  test('on the web come as one list for each item', () => {
    const item = (level: number, words: string) =>
      `<div class="ListContainerWrapper"><ul><li data-listid="1" data-aria-level="${level}"><p><span>${words}</span><span class="EOP">&nbsp;</span></p></li></ul></div>`;
    expect(tidied(item(1, 'one') + item(2, 'in') + item(1, 'two'))).toBe(
      '<ul><li><p>one</p><ul><li><p>in</p></li></ul></li><li><p>two</p></li></ul>',
    );
  });
});

test.each([
  ['the title of Word', '<p class=MsoTitle><span>Minutes</span></p>', '<h1>Minutes</h1>'],
  ['a quotation of Word', '<p class=MsoQuote>q</p>', '<blockquote><p>q</p></blockquote>'],
  [
    'ticks of Google Docs, and how it draws what is done',
    '<ul><li role="checkbox" aria-checked="true"><img alt="checked"><p><span style="text-decoration:line-through">done</span></p></li><li role="checkbox" aria-checked="false"><img><p>open</p></li></ul>',
    '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>done</p></li><li data-type="taskItem" data-checked="false"><p>open</p></li></ul>',
  ],
  [
    'boxes in items',
    '<ul><li><input type="checkbox" checked disabled> a</li><li><input type="checkbox"> b</li></ul>',
    '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"> a</li><li data-type="taskItem" data-checked="false"> b</li></ul>',
  ],
  [
    'empty paragraphs of Google Docs',
    '<b style="font-weight:normal" id="docs-internal-guid-1"><p>a</p><br><p>b</p><br></b><br class="Apple-interchange-newline">',
    '<p>a</p><p></p><p>b</p>',
  ],
  [
    'what keeps an empty cell open',
    '<table><tbody><tr><td><p><br> </p></td></tr></tbody></table>',
    '<table><tbody><tr><td><p> </p></td></tr></tbody></table>',
  ],
  ['a line break in a line', '<p>a<br>b</p>', '<p>a<br>b</p>'],
  [
    'the underline of links',
    '<p><a href="https://a.example"><u>x</u></a> <u><a href="https://b.example">y</a></u> <u>z</u></p>',
    '<p><a href="https://a.example">x</a> <a href="https://b.example">y</a> <u>z</u></p>',
  ],
  [
    'a new page before a paragraph',
    '<p>a</p><p style="page-break-before: always">b</p>',
    '<p>a</p><div data-page-break=""></div><p>b</p>',
  ],
  [
    'a new page after one',
    '<p>a<br style="page-break-before:always"></p><p>b</p>',
    '<p>a</p><div data-page-break=""></div><p>b</p>',
  ],
  [
    'a new page in a paragraph of its own',
    '<p>a</p><p><span><br style="page-break-before:always"></span></p><p>b</p>',
    '<p>a</p><div data-page-break=""></div><p>b</p>',
  ],
  [
    'a new page of Google Docs',
    '<p>a</p><hr style="page-break-before:always;display:none"><p>b</p>',
    '<p>a</p><div data-page-break=""></div><p>b</p>',
  ],
  [
    'equal columns of a spreadsheet',
    '<table><colgroup><col width="80" span="2"></colgroup><tbody><tr><td>a</td><td>b</td></tr></tbody></table>',
    '<table><colgroup><col width="80"><col width="80"></colgroup><tbody><tr><td>a</td><td>b</td></tr></tbody></table>',
  ],
  [
    'cells whose paragraphs are aligned',
    '<table><tbody><tr><td><p style="text-align:right">1</p></td><td><p>a</p><p align="right">b</p></td></tr></tbody></table>',
    '<table><tbody><tr><td align="right"><p>1</p></td><td><p>a</p><p align="right">b</p></td></tr></tbody></table>',
  ],
  ['styles', '<style>p { color: red }</style><p>a</p>', '<p>a</p>'],
])('%s', (_, html, expected) => expect(tidied(html)).toBe(expected));

test.each(['<p data-pm-slice="0 0 []">a<br></p>', "<meta charset='utf-8'><tr><td>a<br></td></tr>"])(
  'stays as it is: %s',
  html => expect(tidyPastedHtml(html)).toBe(html),
);
