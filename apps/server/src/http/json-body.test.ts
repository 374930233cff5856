import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJsonBody } from './json-body.ts';

const server = createServer();
beforeAll(async () => {
  server.listen(0);
  await once(server, 'listening');
});
afterAll(() => void server.close());

/** A request whose head has arrived, and the socket it comes from. */
async function begun(length: number, first = '') {
  const socket = connect((server.address() as AddressInfo).port);
  socket.on('error', () => {});
  const arrived = once(server, 'request') as Promise<[IncomingMessage]>;
  socket.write(
    `POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${first}`,
  );
  const [request] = await arrived;
  return { request, socket };
}

test('a body in pieces is read to its end', async () => {
  const { request, socket } = await begun(13, '{"a":');
  const body = readJsonBody(request, 100, 'payload_too_large');
  socket.write('"bcde');
  socket.write('"} ');
  expect(await body).toEqual({ a: 'bcde' });
  socket.destroy();
});

test('a sender who goes away in the middle is not waited for', async () => {
  const { request, socket } = await begun(100, '{"a":');
  const body = readJsonBody(request, 100, 'payload_too_large');
  socket.destroy();
  await expect(body).rejects.toMatchObject({ code: 'invalid_request' });
});

test('nor one who has gone away before anybody began to read', async () => {
  const { request, socket } = await begun(100, '{"a":');
  request.on('error', () => {});
  const gone = new Promise<void>(resolve => request.once('close', resolve));
  socket.destroy();
  await gone;
  await expect(readJsonBody(request, 100, 'payload_too_large')).rejects.toMatchObject({
    code: 'invalid_request',
  });
});
