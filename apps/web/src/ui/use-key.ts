import { useEffect, useEffectEvent } from 'react';

/** Calls back when a key is pressed anywhere but in a field, a menu or a dialog, and without Ctrl, Alt or Cmd. */
export function useKey(key: string, onPress: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== key || event.ctrlKey || event.metaKey || event.altKey || event.repeat)
      return;
    const busy = 'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]';
    if (event.target instanceof Element && event.target.closest(busy) !== null) return;
    event.preventDefault();
    onPress();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}
