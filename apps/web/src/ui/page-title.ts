import { useEffect } from 'react';

/** Names the browser's tab, as "Title · Cahier". */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Cahier`;
  }, [title]);
}
