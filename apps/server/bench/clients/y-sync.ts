import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Client, ClientEvents, Connect } from './client.ts';
import { ThinWebSocket } from './web-socket.ts';

/** Kinds of messages: those of y-protocols, and those of Hocuspocus that go beyond. */
const SYNC = 0;
const AUTH = 2;
const SYNC_REPLY = 4;
const SYNC_STATUS = 8;
/** Parts of the sync protocol (y-protocols, `sync.js`). */
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;

const TOKEN = 0;
const EMPTY_STATE_VECTOR = Uint8Array.of(0);

/** How a server speaks the Yjs sync protocol over WebSocket. */
interface Dialect {
  path(documentId: string): string;
  /** Every message begins with the document's name. */
  readonly namesDocument: boolean;
  /** The version of the provider that is said to ask for entrance; undefined: nobody asks. */
  readonly providerVersion?: string;
}

export const HOCUSPOCUS: Dialect = { path: () => '/', namesDocument: true, providerVersion: '4.7.0' };
export const Y_WEBSOCKET: Dialect = { path: documentId => `/${documentId}`, namesDocument: false };

/** Every receiver gets the same bytes: whoever gets them next is handed the same array, and need not look into it. */
let lastUpdate: Buffer = Buffer.alloc(0);

function shared(update: Uint8Array): Uint8Array {
  if (lastUpdate.equals(update)) return lastUpdate;
  lastUpdate = Buffer.from(update);
  return lastUpdate;
}

export function ySyncConnect(port: number, dialect: Dialect): Connect {
  return (documentId, _person, events) => {
    const message = (...kinds: number[]) => {
      const encoder = encoding.createEncoder();
      if (dialect.namesDocument) encoding.writeVarString(encoder, documentId);
      for (const kind of kinds) encoding.writeVarUint(encoder, kind);
      return encoder;
    };
    return new Promise<Client>((resolve, reject) => {
      const askForState = () => {
        const encoder = message(SYNC, STEP_1);
        encoding.writeVarUint8Array(encoder, EMPTY_STATE_VECTOR);
        socket.send(encoding.toUint8Array(encoder));
      };
      const socket = new ThinWebSocket(port, dialect.path(documentId), {
        onOpen() {
          if (dialect.providerVersion !== undefined) {
            const encoder = message(AUTH, TOKEN);
            encoding.writeVarString(encoder, '');
            encoding.writeVarString(encoder, dialect.providerVersion);
            socket.send(encoding.toUint8Array(encoder));
          }
          askForState();
        },
        onMessage: payload => receive(payload),
        onFailure(reason) {
          reject(new Error(reason));
          events.onFailure(reason);
        },
      });
      const client: Client = {
        get bytesReceived() {
          return socket.bytesReceived;
        },
        send(update) {
          const encoder = message(SYNC, UPDATE);
          encoding.writeVarUint8Array(encoder, update);
          socket.send(encoding.toUint8Array(encoder));
        },
        close: () => socket.close(),
      };
      function receive(payload: Buffer) {
        const decoder = decoding.createDecoder(payload);
        if (dialect.namesDocument) decoding.readVarString(decoder);
        const kind = decoding.readVarUint(decoder);
        if (kind === SYNC_STATUS) events.onAcknowledged?.(1);
        if (kind === SYNC || kind === SYNC_REPLY) receiveSync(decoder, events, () => resolve(client));
      }
    });
  };
}

function receiveSync(decoder: decoding.Decoder, events: ClientEvents, onLoaded: () => void): void {
  const part = decoding.readVarUint(decoder);
  if (part === STEP_1) return;
  const update = decoding.readVarUint8Array(decoder);
  events.onUpdate(part === UPDATE ? shared(update) : update);
  if (part === STEP_2) onLoaded();
}
