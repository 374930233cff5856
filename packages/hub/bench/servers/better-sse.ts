// better-sse as its documentation shows it: a session per request, a channel per topic, its default options.
import { createServer } from 'node:http';
import { type Channel, createChannel, createSession } from 'better-sse';
import { serve } from './control.ts';
import { topicOf } from './groups.ts';

const channels = new Map<string, Channel>();

serve({
  server: createServer(async (request, response) => {
    const topic = topicOf(request.url ?? '');
    const channel = channels.get(topic) ?? createChannel();
    channels.set(topic, channel);
    channel.register(await createSession(request, response));
  }),
  publish(topic, data) {
    channels.get(topic)?.broadcast(data);
    return undefined;
  },
});
