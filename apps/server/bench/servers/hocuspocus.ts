// Hocuspocus with its SQLite extension: node hocuspocus.ts DATABASE_FILE [DEBOUNCE_MS]
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

const [database = ':memory:', debounceMs] = process.argv.slice(2);
const server = new Server({
  port: 0,
  address: '127.0.0.1',
  quiet: true,
  ...(debounceMs === undefined ? {} : { debounce: Number(debounceMs), maxDebounce: Number(debounceMs) }),
  extensions: [new SQLite({ database })],
});
await server.listen();
console.log(`listens on http://localhost:${server.address.port}`);
