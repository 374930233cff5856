// Publishes into a history until it is killed, and prints the id of each update once it has been acknowledged.

import { createUpdate } from '../src/messages/update.ts';
import { sqliteTransport } from '../src/transports/sqlite/index.ts';

const transport = await sqliteTransport({ file: process.argv[2] ?? '' });
const publishOne = async () => {
  const update = createUpdate({ topics: 'a', data: 'x'.repeat(1_000) }, 10_000);
  await transport.publish(update);
  process.stdout.write(`${update.id}\n`);
};
for (;;) await Promise.all(Array.from({ length: 5 }, publishOne));
