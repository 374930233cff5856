export { type SqliteTransportOptions, sqliteTransport } from './transport.ts';
