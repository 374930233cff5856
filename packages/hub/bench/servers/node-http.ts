// What anybody writes in ten lines: node:http and `response.write`, the event serialised once for all subscribers.
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { serve } from './control.ts';
import { Groups, topicOf } from './groups.ts';

const groups = new Groups<ServerResponse>();

serve({
  server: createServer((request, response) => {
    const topic = topicOf(request.url ?? '');
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(':\n\n');
    groups.join(topic, response);
    response.on('close', () => groups.leave(topic, response));
  }),
  publish(topic, data) {
    const event = Buffer.from(`id: urn:uuid:${randomUUID()}\ndata: ${data}\n\n`);
    for (const response of groups.of(topic)) response.write(event);
    return undefined;
  },
});
