import { useEffect, useState } from 'react';

/** Whether something has been the case for a while, without a break. */
export function useLasting(isSo: boolean, forMs: number): boolean {
  const [lasting, setLasting] = useState(false);
  if (!isSo && lasting) setLasting(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLasting(true), forMs);
    return () => clearTimeout(timer);
  }, [isSo, forMs]);
  return isSo && lasting;
}
