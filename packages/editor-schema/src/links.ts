/** The only protocols a link in a document may have: nothing that runs code or reads local files. */
export const LINK_PROTOCOLS = ['http', 'https', 'mailto', 'tel'] as const;

const safeProtocols: ReadonlySet<string> = new Set(LINK_PROTOCOLS.map(name => `${name}:`));

/**
 * Whether a document may link there: an absolute URL with one of {@link LINK_PROTOCOLS}. Parsed the way browsers
 * do (WHATWG URL), so what is hidden behind control characters or odd case is seen too.
 */
export function isSafeLink(href: string): boolean {
  const url = URL.parse(href);
  return url !== null && safeProtocols.has(url.protocol);
}

/**
 * Makes a link target out of what a person typed: adds `https://` to a bare domain and `mailto:` to a bare address.
 *
 * @returns the target, or `null` where no safe link can be made of it
 */
export function linkFromInput(input: string): string | null {
  const text = input.trim();
  if (text === '' || /\s/.test(text)) return null;
  if (isSafeLink(text)) return text;
  if (/^[^@/:]+@[^@/:]+\.[^@/:]+$/.test(text)) return `mailto:${text}`;
  const bare = `https://${text}`;
  return /^[^/?#@]+\.[^/?#@]+/.test(text) && isSafeLink(bare) ? bare : null;
}
