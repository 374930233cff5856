import { listen, openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createSelector } from '../matching/matcher.ts';
import { serializeUpdate } from '../messages/event-stream.ts';
import { createUpdate } from '../messages/update.ts';
import { Frame } from './frame.ts';
import { ResponseOutlet } from './response-outlet.ts';
import { Subscriber } from './subscriber.ts';
import { WriteQueue } from './write-queue.ts';

it('L6 history waits for the client instead of piling up', async () => {
  const event = serializeUpdate(createUpdate({ topics: 'a', data: 'x'.repeat(64 * 1024) }, 100_000));
  const frame = new Frame(event);
  const count = 200;
  let longestQueueBytes = 0;

  await using server = await listen(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const subscriber = new Subscriber(new ResponseOutlet(response), {
      matchers: [createSelector('a')],
      grant: undefined,
      resumes: true,
      maxQueueBytes: 1_000_000,
      writeQueue: new WriteQueue(),
      onEnd: () => {},
    });
    for (let sent = 0; sent < count; sent++) {
      await subscriber.sendHistory(frame);
      longestQueueBytes = Math.max(longestQueueBytes, response.writableLength);
    }
    await subscriber.end('hub_closed');
  });
  await using stream = await openEventStream(server.url);
  expect(await stream.closed).toBe('ended');
  expect(stream.events).toHaveLength(count);
  expect(longestQueueBytes).toBeLessThan(2 * Buffer.byteLength(event));
});
