import { type FocusEvent, type RefObject, useEffect, useRef } from 'react';

/**
 * Who has done away with a row of a list by keyboard goes on with the row that takes its place, or with the heading where none
 * is left: otherwise the focus would be gone with the row, and the next Tab begin at the top of the page.
 *
 * @param page - holds the list and an `h1` that can be focused
 * @returns what has to be told of each focus within the page
 */
export function useRowFocus(page: RefObject<HTMLElement | null>): (event: FocusEvent) => void {
  const last = useRef<{ element: Element; row: number }>(null);
  useEffect(() => {
    const { current } = page;
    const isLost = last.current?.element.isConnected === false && document.activeElement === document.body;
    if (current === null || last.current === null || !isLost) return;
    const rows = current.querySelectorAll('li');
    const next = rows[Math.min(last.current.row, rows.length - 1)]?.querySelector('button');
    (next ?? current.querySelector('h1'))?.focus();
  });
  return ({ target }) => {
    // A menu that hangs from a row is its child to React, but not in the page.
    if (!page.current?.contains(target)) return;
    const item = target.closest('li');
    const row = item === null ? -1 : [...(item.parentElement?.children ?? [])].indexOf(item);
    last.current = row === -1 ? null : { element: target, row };
  };
}
