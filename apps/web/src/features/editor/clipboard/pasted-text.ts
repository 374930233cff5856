const FENCE = /^\s*(`{3,}|~{3,})\s*([\w+#-]*)\s*$/;
const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const QUOTED = /^>\s?/;
const ITEM = /^(\s*)(?:([-*+•◦▪‣·])|(\d{1,9})[.)])\s+(\S.*)$/;
const TASK = /^\[([ xX])\]\s+/;
const ROW = /^\s*\|(.+)\|\s*$/;
const UNDER_HEAD = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const LINK = /\[([^\]\n]+)\]\((https?:\/\/[^\s)]+|mailto:[^\s)]+)\)/g;
const TAB_WIDTH = 4;
/** What is further in is as far in as this. */
const MOST_INDENT = 40;
/** Quotations within quotations that are looked into. */
const MOST_DEPTH = 8;

/**
 * What a plain text says of its structure, as Markdown does and people who write e-mails: headings, lists, tasks,
 * quotations, code, rules, tables (also with tabs between the cells). What is bold or italic is the paste rules' business.
 *
 * A single line stays what it is, as do lines that only happen to begin with a sign: one item makes no list.
 *
 * @returns HTML; null: nothing but paragraphs
 */
export function htmlOfPastedText(text: string): string | null {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
  if (lines.length < 2) return null;
  const reader = new Reader(lines);
  const html = reader.read(0);
  return reader.hasFound ? html : null;
}

/** Reads blocks from the beginning of the lines to their end. */
class Reader {
  readonly #lines: readonly string[];
  #at = 0;
  /** Whether there was anything beside paragraphs. */
  hasFound = false;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  read(depth: number): string {
    const blocks: string[] = [];
    while (this.#at < this.#lines.length) {
      const found = this.#code() ?? this.#quotation(depth) ?? this.#table() ?? this.#list() ?? this.#line();
      blocks.push(found);
    }
    return blocks.join('');
  }

  get #next(): string {
    return this.#lines[this.#at] ?? '';
  }

  /** The lines from here on of which something holds; goes on behind them. */
  #take(holds: (line: string) => boolean): string[] {
    const from = this.#at;
    while (this.#at < this.#lines.length && holds(this.#next)) this.#at++;
    return this.#lines.slice(from, this.#at);
  }

  #found(html: string): string {
    this.hasFound = true;
    return html;
  }

  #code(): string | null {
    const [, fence, language] = FENCE.exec(this.#next) ?? [];
    if (fence === undefined) return null;
    this.#at++;
    const code = this.#take(line => line.trim() !== fence);
    this.#at++;
    const name = language === '' ? '' : ` class="language-${escaped(String(language))}"`;
    return this.#found(`<pre><code${name}>${escaped(code.join('\n'))}</code></pre>`);
  }

  #quotation(depth: number): string | null {
    if (!QUOTED.test(this.#next) || depth >= MOST_DEPTH) return null;
    const inner = this.#take(line => QUOTED.test(line)).map(line => line.replace(QUOTED, ''));
    return this.#found(`<blockquote>${new Reader(inner).read(depth + 1) || '<p></p>'}</blockquote>`);
  }

  #table(): string | null {
    return this.#tableOfBars() ?? this.#tableOfTabs();
  }

  #tableOfBars(): string | null {
    if (!ROW.test(this.#next) || !UNDER_HEAD.test(this.#lines[this.#at + 1] ?? '')) return null;
    const cells = (line: string) =>
      line
        .trim()
        .replace(/^\||\|$/g, '')
        .split(/(?<!\\)\|/)
        .map(cell => cell.trim().replaceAll('\\|', '|'));
    const head = cells(this.#next);
    this.#at += 2;
    const rows = this.#take(line => ROW.test(line)).map(line => cells(line));
    return this.#found(tableOf([head, ...rows], true));
  }

  #tableOfTabs(): string | null {
    const count = tabsIn(this.#next);
    if (count === 0 || tabsIn(this.#lines[this.#at + 1] ?? '') !== count) return null;
    const rows = this.#take(line => tabsIn(line) === count).map(line => line.split('\t'));
    return this.#found(tableOf(rows, false));
  }

  #list(): string | null {
    const items: Item[] = [];
    const from = this.#at;
    while (this.#at < this.#lines.length) {
      // Between items there may be an empty line.
      const isApart = this.#next.trim() === '' && items.length > 0;
      const line = isApart ? (this.#lines[this.#at + 1] ?? '') : this.#next;
      const item = RULE.test(line) ? null : readItem(line);
      if (item === null) break;
      items.push(item);
      this.#at += isApart ? 2 : 1;
    }
    const [first, second] = items;
    const isList =
      first !== undefined && (first.isDone !== null || (second !== undefined && follows(first, second)));
    if (!isList) {
      this.#at = from;
      return null;
    }
    return this.#found(listsOf(items));
  }

  #line(): string {
    const line = this.#next;
    this.#at++;
    const [, signs, words] = HEADING.exec(line) ?? [];
    if (signs !== undefined && words !== undefined) {
      return this.#found(`<h${signs.length}>${inline(words)}</h${signs.length}>`);
    }
    if (RULE.test(line)) return this.#found('<hr>');
    return line.trim() === '' ? '' : `<p>${inline(line)}</p>`;
  }
}

interface Item {
  readonly indent: number;
  /** null: a bullet. */
  readonly number: number | null;
  /** null: no task. */
  readonly isDone: boolean | null;
  readonly words: string;
}

function readItem(line: string): Item | null {
  const [, space, bullet, number, rest = ''] = ITEM.exec(line) ?? [];
  if (space === undefined) return null;
  const [box, tick] = bullet === undefined ? [] : (TASK.exec(rest) ?? []);
  return {
    indent: Math.min(space.replaceAll('\t', ' '.repeat(TAB_WIDTH)).length, MOST_INDENT),
    number: number === undefined ? null : Number(number),
    isDone: tick === undefined ? null : tick !== ' ',
    words: rest.slice(box?.length ?? 0),
  };
}

/** Whether a second item makes a list of the first: not every line that begins with a year is an item. */
function follows(first: Item, second: Item): boolean {
  if (second.indent > first.indent || first.number === null) return true;
  return second.number !== null && (second.number === first.number || second.number === first.number + 1);
}

type Kind = 'bullets' | 'tasks' | 'numbers';
const kindOf = ({ number, isDone }: Item): Kind =>
  isDone !== null ? 'tasks' : number === null ? 'bullets' : 'numbers';

/** The lists that these items make, those further in within the ones before them. */
function listsOf(items: readonly Item[]): string {
  const lists: string[] = [];
  for (let at = 0; at < items.length; ) {
    const first = items[at] as Item;
    const kind = kindOf(first);
    const written: string[] = [];
    while (at < items.length) {
      const item = items[at] as Item;
      if (kindOf(item) !== kind) break;
      let end = at + 1;
      while (end < items.length && (items[end] as Item).indent > item.indent) end++;
      written.push(itemOf(item, listsOf(items.slice(at + 1, end))));
      at = end;
    }
    lists.push(listOf(kind, first.number, written.join('')));
  }
  return lists.join('');
}

function itemOf({ words, isDone }: Item, inner: string): string {
  const task = isDone === null ? '' : ` data-type="taskItem" data-checked="${isDone}"`;
  return `<li${task}><p>${inline(words)}</p>${inner}</li>`;
}

function listOf(kind: Kind, start: number | null, items: string): string {
  if (kind === 'numbers') return `<ol${start === 1 ? '' : ` start="${start}"`}>${items}</ol>`;
  return `<ul${kind === 'tasks' ? ' data-type="taskList"' : ''}>${items}</ul>`;
}

function tableOf(rows: readonly (readonly string[])[], hasHead: boolean): string {
  const width = rows[0]?.length ?? 0;
  const written = rows.map((row, index) => {
    const tag = hasHead && index === 0 ? 'th' : 'td';
    const cells = Array.from(
      { length: width },
      (_, at) => `<${tag}><p>${inline(row[at] ?? '')}</p></${tag}>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><tbody>${written.join('')}</tbody></table>`;
}

/** How many cells but one a line has; what begins with a tab is indented. */
const tabsIn = (line: string) => (line.startsWith('\t') ? 0 : line.split('\t').length - 1);

const inline = (words: string) => escaped(words.trim()).replace(LINK, '<a href="$2">$1</a>');

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
