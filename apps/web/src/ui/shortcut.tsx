const apple = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform);

const appleSigns: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' };

/** `Mod+Shift+S` as this machine's keyboard has it: `⌘⇧S` or `Ctrl+Shift+S`. */
function shortcutText(keys: string): string {
  const parts = keys.split('+');
  return apple
    ? parts.map(part => appleSigns[part] ?? part).join('')
    : parts.map(part => (part === 'Mod' ? 'Ctrl' : part)).join('+');
}

export function Shortcut({ keys }: { keys: string }) {
  return <kbd className="font-sans opacity-75">{shortcutText(keys)}</kbd>;
}
