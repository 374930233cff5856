import { mendWordLists } from './word-lists.ts';

/** `.EOP`: where Word on the web ends a paragraph. */
const NOT_CONTENT = 'style, script, meta, title, link, xml, .EOP';
const BLOCKS = 'p, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre, div, hr';

/**
 * What other programs put on the clipboard, put into the words of HTML: lists of Word, ticks of Google Docs, page breaks.
 * What they add for themselves is left out.
 *
 * @param html - as the clipboard has it
 * @returns the same content, still to be parsed by the schema
 */
export function tidyPastedHtml(html: string): string {
  // Our own needs nothing; rows and cells alone, only ProseMirror's parser can read.
  if (/\bdata-pm-slice\b/.test(html) || /^\s*(<meta[^>]*>\s*)*<(t[rdh]|tbody|thead|col)\b/i.test(html))
    return html;
  // Style elements go first: the page's policy has the browser complain of them even where they mean nothing.
  const { body } = new DOMParser().parseFromString(withoutStyles(html), 'text/html');
  for (const element of body.querySelectorAll(NOT_CONTENT)) element.remove();
  mendWordLists(body);
  nameParagraphs(body);
  mendTicks(body);
  breakPages(body);
  mendLineBreaks(body);
  plainLinks(body);
  spreadColumns(body);
  alignCells(body);
  return body.innerHTML;
}

function withoutStyles(html: string): string {
  const [before, ...styles] = html.split(/<style\b/i);
  return (
    before +
    styles
      .map(style =>
        style
          .split(/<\/style\s*>/i)
          .slice(1)
          .join(''),
      )
      .join('')
  );
}

/** What Word tells of a paragraph by the name of its style alone. */
function nameParagraphs(body: Element): void {
  for (const title of body.querySelectorAll('p.MsoTitle')) rename(title, 'h1');
  for (const quote of body.querySelectorAll('p.MsoQuote, p.MsoIntenseQuote')) {
    const around = quote.ownerDocument.createElement('blockquote');
    quote.replaceWith(around);
    around.append(quote);
  }
}

/** Items with a box to tick: Google Docs says so by a role, others put a box into the item. */
function mendTicks(body: Element): void {
  for (const list of body.querySelectorAll('ul')) {
    const items = [...list.children].filter(({ tagName }) => tagName === 'LI');
    const states = items.map(tickedState);
    if (items.length === 0 || states.includes(null) || list.hasAttribute('data-type')) continue;
    list.setAttribute('data-type', 'taskList');
    items.forEach((item, at) => {
      item.setAttribute('data-type', 'taskItem');
      item.setAttribute('data-checked', String(states[at]));
      for (const box of item.querySelectorAll(':scope > input, :scope > label > input, :scope > img'))
        box.remove();
      // How a task looks that is done is not a matter of the document here.
      if (states[at]) undecorate(item, 'line-through');
    });
  }
}

/** null: there is nothing to tick. */
function tickedState(item: Element): boolean | null {
  if (item.getAttribute('role') === 'checkbox') return item.getAttribute('aria-checked') === 'true';
  const box = item.querySelector(':scope > input[type=checkbox], :scope > label > input[type=checkbox]');
  return box?.hasAttribute('checked') ?? null;
}

function breakPages(body: Element): void {
  for (const element of body.querySelectorAll('[style*="break-before"]')) {
    if (!/break-before:\s*(always|page)/i.test(element.getAttribute('style') ?? '')) continue;
    const block = element.closest(BLOCKS);
    if (block !== null && block.closest('li, td, th') === null) {
      const mark = element.ownerDocument.createElement('div');
      mark.setAttribute('data-page-break', '');
      if (element.tagName === 'BR' && block.textContent?.trim() !== '' && isAtEnd(element, block))
        block.after(mark);
      else if (block !== body.firstElementChild || element.tagName !== block.tagName) block.before(mark);
      if (element.tagName === 'BR' && block.textContent?.trim() === '') block.remove();
    }
    if (/^(BR|HR)$/.test(element.tagName)) element.remove();
  }
}

function isAtEnd(element: Element, block: Element): boolean {
  const range = element.ownerDocument.createRange();
  range.setStartAfter(element);
  range.setEndAfter(block);
  return range.toString().trim() === '';
}

/** A `<br>` between blocks is an empty paragraph; as the last thing in a block, or of all, it is nothing. */
function mendLineBreaks(body: Element): void {
  for (const wrapper of body.querySelectorAll('b[id^="docs-internal-guid"]'))
    wrapper.replaceWith(...wrapper.childNodes);
  body.querySelector(':scope > br.Apple-interchange-newline:last-child')?.remove();
  for (const br of body.querySelectorAll('br')) {
    const { previousElementSibling: before, nextElementSibling: after } = br;
    const isBetween = before?.matches(BLOCKS) || after?.matches(BLOCKS);
    if (isBetween && after !== null) br.replaceWith(br.ownerDocument.createElement('p'));
    else if (
      isBetween ||
      (br.parentElement?.matches('p, div, li, td, th, h1, h2, h3, h4, h5, h6') && isLast(br))
    )
      br.remove();
  }
}

function isLast(node: Node): boolean {
  let next = node.nextSibling;
  while (next !== null && next.nodeType === Node.TEXT_NODE && next.textContent?.trim() === '')
    next = next.nextSibling;
  return next === null;
}

/** A link is underlined by being one. */
function plainLinks(body: Element): void {
  for (const link of body.querySelectorAll('a[href]')) {
    undecorate(link, 'underline');
    const around = link.parentElement;
    if (around?.tagName === 'U' && around.childNodes.length === 1) around.replaceWith(link);
  }
}

function undecorate(element: Element, line: 'underline' | 'line-through'): void {
  const tags = line === 'underline' ? 'u, ins' : 's, strike, del';
  for (const inner of element.querySelectorAll(tags)) inner.replaceWith(...inner.childNodes);
  for (const inner of element.querySelectorAll<HTMLElement>('[style*="text-decoration"]')) {
    const style = inner.getAttribute('style') ?? '';
    inner.setAttribute(
      'style',
      style.replace(new RegExp(`(text-decoration(-line)?\\s*:[^;]*)\\b${line}\\b`, 'gi'), '$1'),
    );
  }
}

/** Spreadsheets write equal columns once, with how many there are. */
function spreadColumns(body: Element): void {
  for (const column of body.querySelectorAll('col[span]')) {
    const count = Math.min(Number(column.getAttribute('span')) || 1, MOST_COLUMNS);
    column.removeAttribute('span');
    for (let more = 1; more < count; more++) column.after(column.cloneNode());
  }
}

/** A column of numbers is aligned by its cells; word processors align the paragraphs in them. */
function alignCells(body: Element): void {
  for (const cell of body.querySelectorAll('td:not([align]), th:not([align])')) {
    const aligned = new Set([...cell.querySelectorAll(':scope > p')].map(alignmentOf));
    const [only] = aligned;
    if (aligned.size === 1 && (only === 'right' || only === 'center')) cell.setAttribute('align', only);
  }
}

function alignmentOf(paragraph: Element): string | undefined {
  const style = /text-align:\s*(\w+)/i.exec(paragraph.getAttribute('style') ?? '')?.[1];
  return (style ?? paragraph.getAttribute('align'))?.toLowerCase();
}

/** More, and a table cannot be read. */
const MOST_COLUMNS = 100;

function rename(element: Element, name: string): void {
  const renamed = element.ownerDocument.createElement(name);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
}
