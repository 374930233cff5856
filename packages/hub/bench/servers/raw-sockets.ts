// The upper bound of what Node can do with one write per delivery: no HTTP after the header, no checks, no history.
import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { serve } from './control.ts';
import { Groups, topicOf } from './groups.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n:\n\n';
const groups = new Groups<Socket>();

serve({
  server: createServer({ noDelay: true }, socket => {
    socket.once('data', request => {
      const topic = topicOf(request.toString('latin1').split(' ')[1] ?? '');
      socket.write(HEAD);
      groups.join(topic, socket);
      socket.on('close', () => groups.leave(topic, socket));
    });
    socket.on('error', () => socket.destroy());
  }),
  publish(topic, data) {
    const event = Buffer.from(`id: urn:uuid:${randomUUID()}\ndata: ${data}\n\n`);
    for (const socket of groups.of(topic)) socket.write(event);
    return undefined;
  },
});
