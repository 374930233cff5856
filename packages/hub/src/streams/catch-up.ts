import { setImmediate as turn } from 'node:timers/promises';
import { MatcherSet } from '../matching/matcher.ts';
import { EARLIEST } from '../messages/update.ts';
import type { Position } from '../transports/transport.ts';
import { Frame } from './frame.ts';
import type { History, PastEvent } from './history.ts';
import type { Subscriber } from './subscriber.ts';

/** Most bytes of events written at once, unless one event alone has more. */
const MAX_FRAME_BYTES = 64 * 1024;

/**
 * Sends a subscriber the history, until there is nothing between its end and the live events.
 *
 * @param subscriber - hears of live events already
 * @param from - the position it begins after, or `earliest` for what is the oldest event when it is read
 */
export async function catchUp(
  subscriber: Subscriber,
  from: Position | typeof EARLIEST,
  history: History,
): Promise<void> {
  const selected = new MatcherSet(subscriber.matchers);
  /** Whatever a read that begins after that does not find, the subscriber hears. */
  let since = history.moment;
  /** Undefined as long as nothing has been read from the beginning. */
  let position = from === EARLIEST ? undefined : from;
  while (subscriber.isOpen) {
    const after = position ?? (await history.beginning());
    const page = await history.read(after, since);
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
    if (page.length === 0) {
      if (subscriber.goLive(after)) return;
      since = history.moment;
    }
    await sendPage(subscriber, selected, page);
    position = page.at(-1)?.position ?? after;
    // A long history leaves others their turn, even where it is in memory and nothing of it is wanted.
    await turn();
  }
}

async function sendPage(
  subscriber: Subscriber,
  selected: MatcherSet,
  page: readonly PastEvent[],
): Promise<void> {
  let contents: Buffer[] = [];
  let length = 0;
  const send = async () => {
    if (length > 0) await subscriber.sendHistory(new Frame(contents));
    contents = [];
    length = 0;
  };
  for (const event of page) {
    const { update } = event;
    if (!selected.matchesAny(update.topics) || !subscriber.mayReceive(update)) continue;
    const { content } = event;
    if (length + content.length > MAX_FRAME_BYTES) await send();
    contents.push(content);
    length += content.length;
  }
  await send();
}
