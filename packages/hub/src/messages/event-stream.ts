import type { Update } from './update.ts';

/** A comment line: keeps intermediaries from closing a silent connection. */
export const HEARTBEAT = Buffer.from(':\n');

/**
 * Writes an update as a `text/event-stream` event (HTML, "Server-sent events").
 *
 * The data is split at every line break the format knows, since a raw one would let it forge other fields. An
 * ephemeral update has no `id` line: it is in no history, so nobody may come back and ask for what followed it.
 */
export function serializeUpdate(update: Update): string {
  let text = '';
  if (!update.ephemeral) text += `id: ${update.id}\n`;
  if (update.type !== undefined) text += `event: ${update.type}\n`;
  if (update.retry !== undefined) text += `retry: ${update.retry}\n`;
  const { data } = update;
  // The usual case, which splitting would take longer for.
  if (!data.includes('\n') && !data.includes('\r')) return `${text}data: ${data}\n\n`;
  for (const line of data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}

/**
 * Moves a client's cursor without an event: a block without data is dispatched to nobody, but its id is remembered for
 * the next `Last-Event-ID` (HTML, "Server-sent events", dispatching the event, step 1).
 */
export function serializeCursor(id: string): Buffer {
  return Buffer.from(`id: ${id}\n\n`);
}

/** Tells a client how long to wait before it reconnects, and nothing else. */
export function serializeRetry(retryMs: number): string {
  return `retry: ${retryMs}\n\n`;
}

/** How a stream begins: something at once, so that every intermediary lets the headers through. */
export function serializeOpening(retryMs: number): Buffer {
  return Buffer.from(`retry: ${retryMs}\n:\n\n`);
}
