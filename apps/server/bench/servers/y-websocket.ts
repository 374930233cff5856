// y-websocket's protocol and way of working, with the libraries it is made of (the newest published server package,
// @y/websocket-server 0.1.5, mixes two incompatible versions of Yjs and throws on every edit). Documents live in memory.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { type WebSocket, WebSocketServer } from 'ws';
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';

const SYNC = 0;

interface Room {
  readonly doc: Y.Doc;
  readonly sockets: Set<WebSocket>;
}

const rooms = new Map<string, Room>();

function message(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, SYNC);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function roomOf(name: string): Room {
  let room = rooms.get(name);
  if (room === undefined) {
    const opened: Room = { doc: new Y.Doc(), sockets: new Set() };
    opened.doc.on('update', update => {
      const bytes = message(encoder => writeUpdate(encoder, update));
      for (const socket of opened.sockets) socket.send(bytes);
    });
    rooms.set(name, opened);
    room = opened;
  }
  return room;
}

const server = createServer();
new WebSocketServer({ server }).on('connection', (socket, request) => {
  const { doc, sockets } = roomOf(request.url ?? '');
  sockets.add(socket);
  socket.on('message', (data: Buffer) => {
    const decoder = decoding.createDecoder(data);
    if (decoding.readVarUint(decoder) !== SYNC) return;
    const answer = message(encoder => readSyncMessage(decoder, encoder, doc, socket));
    if (answer.length > 1) socket.send(answer);
  });
  socket.on('close', () => sockets.delete(socket));
  socket.send(message(encoder => writeSyncStep1(encoder, doc)));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listens on http://localhost:${(server.address() as AddressInfo).port}`);
});
