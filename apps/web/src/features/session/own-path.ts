/**
 * Where to go after log-in: an address of this application, whatever the link said that led to the log-in page.
 *
 * @returns `undefined` for anything that a browser could take for another site
 */
export function ownPath(from: unknown): string | undefined {
  return typeof from === 'string' && /^\/(?![/\\])/.test(from) && !/[\t\n\r]/.test(from) ? from : undefined;
}
