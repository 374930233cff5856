// The hub, mounted on node:http. Arguments: the key's secret and the greatest number of events in the history.
import { createHub, memoryTransport, StreamServer } from '../../src/index.ts';
import { serve } from './control.ts';

const MAX_CONNECTIONS = 20_000;
const [secret = '', historyEvents] = process.argv.slice(2);

const hub = createHub({
  publisherKey: { secret },
  subscriberKey: { secret },
  anonymous: true,
  maxConnections: MAX_CONNECTIONS,
  // Without an argument, the defaults that everybody gets.
  ...(historyEvents !== undefined && {
    transport: memoryTransport({ maxEvents: Number(historyEvents), maxBytes: Number.MAX_SAFE_INTEGER }),
  }),
});

serve({
  server: new StreamServer(hub.handler),
  publish: (topic, data) => hub.publish({ topics: topic, data }),
});
