/** The browser's Web Locks; undefined where there are none: outside browsers, and on pages that came without HTTPS. */
export function lockManager(): LockManager | undefined {
  return typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined);
}

/** Holds a lock until the returned function is called, or the tab goes away. Without Web Locks it does nothing. */
export async function holdLock(name: string): Promise<() => void> {
  const locks = lockManager();
  if (locks === undefined) return () => {};
  return new Promise((resolve, reject) => {
    locks.request(name, () => new Promise<void>(release => resolve(release))).catch(reject);
  });
}

/** Acts if nobody holds the lock, holding it meanwhile. Without Web Locks it always acts. */
export async function ifAbandoned(name: string, action: () => Promise<void>): Promise<void> {
  const locks = lockManager();
  if (locks === undefined) return action();
  await locks.request(name, { ifAvailable: true }, async lock => {
    if (lock !== null) await action();
  });
}
