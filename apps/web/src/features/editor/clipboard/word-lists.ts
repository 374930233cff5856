/** A paragraph of which Word says that it is an item of a list. */
interface Item {
  readonly element: Element;
  /** 1: not within another item. */
  readonly level: number;
  readonly isOrdered: boolean;
  /** The number it has, where that is one. */
  readonly number: number;
  /** Which of the document's lists it belongs to. */
  readonly list: string;
  readonly content: Element;
}

/**
 * Makes lists of what Word puts on the clipboard instead: paragraphs whose style names list and level, and which begin with
 * their bullet or number as text; from Word on the web, one list for each item.
 */
export function mendWordLists(root: Element): void {
  const seen = new Set<Element>();
  for (const element of root.querySelectorAll('[style*="mso-list"], .ListContainerWrapper')) {
    if (seen.has(element)) continue;
    const run: Item[] = [];
    for (let at: Element | null = element; at !== null; at = nextBeside(at)) {
      const item = readItem(at);
      if (item === null) break;
      run.push(item);
      seen.add(at);
    }
    if (run.length > 0) buildLists(run);
  }
}

/** The element after this one, unless there is text between them. */
function nextBeside(element: Element): Element | null {
  let next = element.nextSibling;
  while (next !== null && next.nodeType !== Node.ELEMENT_NODE && next.textContent?.trim() === '') {
    next = next.nextSibling;
  }
  return next instanceof Element ? next : null;
}

function readItem(element: Element): Item | null {
  return element.matches('.ListContainerWrapper') ? readWebItem(element) : readDesktopItem(element);
}

function readDesktopItem(element: Element): Item | null {
  const style = element.getAttribute('style') ?? '';
  const [, list, level] = /mso-list:\s*(l\d+)\s+level(\d+)/i.exec(style) ?? [];
  if (list === undefined || !/^(P|H\d|DIV|LI)$/.test(element.tagName)) return null;
  const marker = [...element.querySelectorAll('[style*="mso-list"]')].find(span =>
    /mso-list:\s*ignore/i.test(span.getAttribute('style') ?? ''),
  );
  const sign = marker?.textContent?.replace(/\s/g, '') ?? '';
  marker?.remove();
  return {
    element,
    level: Number(level),
    isOrdered: /^\(?[\da-z]+([.)][\da-z]+)*[.)]$/i.test(sign),
    number: Number(/(\d+)[.)]$/.exec(sign)?.[1] ?? 1),
    list,
    content: element,
  };
}

function readWebItem(element: Element): Item | null {
  const item = element.querySelector('li');
  if (item === null) return null;
  const isOrdered = item.parentElement?.tagName === 'OL';
  return {
    element,
    level: Number(item.getAttribute('data-aria-level') ?? 1),
    isOrdered,
    number: Number(item.getAttribute('data-aria-posinset') ?? 1),
    list: String(item.getAttribute('data-listid')),
    content: item.querySelector('p') ?? item,
  };
}

interface OpenList {
  readonly element: Element;
  readonly item: Item;
}

function buildLists(run: readonly Item[]): void {
  const open: OpenList[] = [];
  for (const item of run) {
    while ((open.at(-1)?.item.level ?? 0) > item.level) open.pop();
    const top = open.at(-1);
    const isSame =
      top?.item.level === item.level && top.item.list === item.list && top.item.isOrdered === item.isOrdered;
    if (!isSame) {
      if (top?.item.level === item.level) open.pop();
      open.push({ element: beginList(item, open.at(-1)?.element), item });
    }
    open.at(-1)?.element.append(itemElement(item));
    item.element.remove();
  }
}

/** A new list within the last item of another one, or in the place of what is its first item. */
function beginList({ element, isOrdered, number }: Item, around: Element | undefined): Element {
  const list = element.ownerDocument.createElement(isOrdered ? 'ol' : 'ul');
  if (isOrdered && number !== 1) list.setAttribute('start', String(number));
  if (around?.lastElementChild) around.lastElementChild.append(list);
  else element.before(list);
  return list;
}

function itemElement({ element, content }: Item): Element {
  const item = element.ownerDocument.createElement('li');
  const paragraph = element.ownerDocument.createElement('p');
  paragraph.append(...content.childNodes);
  item.append(paragraph);
  return item;
}
