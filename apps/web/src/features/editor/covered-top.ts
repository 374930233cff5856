import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { type RefObject, useLayoutEffect } from 'react';

/** Between what covers the top of the window and what is scrolled to: a line of what comes before it. */
const GAP_PX = 36;
/** What ProseMirror leaves at the other sides. */
const MARGIN_PX = 5;

/**
 * Whatever the browser scrolls to (the cursor, what was found in the page, what gets the focus) comes to lie below an
 * element that stays at the top of the window, however high that is at the moment.
 */
export function useCoveredTop(element: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      style.scrollPaddingTop = `${current.offsetHeight + GAP_PX}px`;
    });
    observer.observe(current);
    return () => {
      observer.disconnect();
      style.removeProperty('scroll-padding-top');
    };
  }, [element]);
}

const coveredPx = () => Number.parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;

/** ProseMirror scrolls to its cursor by itself, and does not know of `scroll-padding`. */
export const BelowCoveredTop = Extension.create({
  name: 'belowCoveredTop',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        scrollThreshold: {
          get top() {
            return coveredPx();
          },
          right: 0,
          bottom: 0,
          left: 0,
        },
        scrollMargin: {
          get top() {
            return Math.max(coveredPx(), MARGIN_PX);
          },
          right: MARGIN_PX,
          bottom: MARGIN_PX,
          left: MARGIN_PX,
        },
      },
    }),
  ],
});
