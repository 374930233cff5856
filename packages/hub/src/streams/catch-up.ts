import { setImmediate as turn } from 'node:timers/promises';
import { EARLIEST } from '../messages/update.ts';
import type { Position, StoredEvent, Transport } from '../transports/transport.ts';
import { Frame } from './frame.ts';
import type { HistoryCache } from './history-cache.ts';
import type { Subscriber } from './subscriber.ts';

/** Events of the history fetched at a time. */
const PAGE_EVENTS = 100;
/** Most bytes of events written at once, unless one event alone has more. */
const MAX_FRAME_BYTES = 64 * 1024;

/**
 * Sends a subscriber the history, until there is nothing between its end and the live events.
 *
 * @param from - the position it begins after, or `earliest` for what is the oldest event when it is read
 */
export async function catchUp(
  subscriber: Subscriber,
  from: Position | typeof EARLIEST,
  transport: Transport,
  cache: HistoryCache,
): Promise<void> {
  /** Undefined as long as nothing has been read from the beginning. */
  let position = from === EARLIEST ? undefined : from;
  while (subscriber.isOpen) {
    const after = position ?? (await transport.find(EARLIEST)) ?? 0n;
    const page = await transport.read(after, PAGE_EVENTS);
    // Discarding has overtaken us, and whoever wants all that there is gets what there is now.
    if (page === undefined && position === undefined) {
      await turn();
      continue;
    }
    if (page === undefined) {
      // The client was slower than the history is long. On reconnecting it learns that it lost events.
      await subscriber.end('history_lost');
      return;
    }
    if (page.length === 0 && subscriber.goLive(after)) return;
    await sendPage(subscriber, page, cache);
    position = page.at(-1)?.position ?? after;
    // A long history leaves others their turn, even where it is in memory and nothing of it is wanted.
    if (page.length === PAGE_EVENTS) await turn();
  }
}

async function sendPage(
  subscriber: Subscriber,
  page: readonly StoredEvent[],
  cache: HistoryCache,
): Promise<void> {
  let contents: Buffer[] = [];
  let length = 0;
  const send = async () => {
    if (length > 0) await subscriber.sendHistory(new Frame(contents));
    contents = [];
    length = 0;
  };
  for (const event of page) {
    if (!subscriber.wants(event.update)) continue;
    const content = cache.serialize(event);
    if (length + content.length > MAX_FRAME_BYTES) await send();
    contents.push(content);
    length += content.length;
  }
  await send();
}
