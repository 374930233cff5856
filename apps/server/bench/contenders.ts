import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as Y from 'yjs';
import { prepareCahier } from './cahier-data.ts';
import { cahierConnect } from './clients/cahier.ts';
import type { Connect } from './clients/client.ts';
import { HOCUSPOCUS, Y_WEBSOCKET, ySyncConnect } from './clients/y-sync.ts';
import { ServerProcess } from './server-process.ts';

export interface RunningServer {
  readonly process: ServerProcess;
  readonly connect: Connect;
}

/** A document as it is before the servers start: every edit that led to it. */
export interface PreparedDocument {
  readonly id: string;
  readonly edits: readonly Uint8Array[];
}

export interface Contender {
  readonly name: string;
  /** Whether it says which edits it has. */
  readonly acknowledges: boolean;
  /** Puts the documents into an empty data directory; undefined: it keeps nothing on a disk. */
  readonly prepare:
    | ((directory: string, documents: readonly PreparedDocument[]) => Promise<void>)
    | undefined;
  start(directory: string): Promise<RunningServer>;
}

interface Setting {
  /** Default: any. */
  readonly core: number | undefined;
  readonly profileFolder: string | undefined;
}

/** As many as write at once in any scenario. */
const PEOPLE = 200;
const HOCUSPOCUS_FILE = 'hocuspocus.sqlite';

/** Everything that is compared, Cahier first. */
export function createContenders(setting: Setting): Contender[] {
  return [
    cahier(setting),
    hocuspocus('Hocuspocus', setting),
    hocuspocus('Hocuspocus, storing at once', setting, 0),
    {
      name: 'y-websocket',
      acknowledges: false,
      prepare: undefined,
      async start(directory) {
        const program = new URL('servers/y-websocket.ts', import.meta.url);
        const server = await ServerProcess.start({ program, directory, ...setting });
        return { process: server, connect: ySyncConnect(server.port, Y_WEBSOCKET) };
      },
    },
  ];
}

function cahier(setting: Setting): Contender {
  let cookies: string[] = [];
  return {
    name: 'Cahier',
    acknowledges: true,
    async prepare(directory, documents) {
      cookies = await prepareCahier(directory, documents, PEOPLE);
    },
    async start(directory) {
      const server = await ServerProcess.start({
        program: new URL('../src/main.ts', import.meta.url),
        directory,
        nodeOptions: ['--max-semi-space-size=4'],
        environment: { PORT: '0', DATA_DIR: directory, SEED_USERS: 'false', LOG_LEVEL: 'warn' },
        ...setting,
      });
      return { process: server, connect: cahierConnect(server.port, cookies) };
    },
  };
}

/** @param debounceMs - how long it waits before it stores a document. Default: its own (2 s, at most 10 s). */
function hocuspocus(name: string, setting: Setting, debounceMs?: number): Contender {
  return {
    name,
    acknowledges: true,
    async prepare(directory, documents) {
      const database = new Database(join(directory, HOCUSPOCUS_FILE));
      database.exec('create table documents (name varchar(255) not null, data blob not null, unique (name))');
      const insert = database.prepare('insert into documents values (?, ?)');
      for (const { id, edits } of documents) {
        const doc = new Y.Doc();
        doc.transact(() => {
          for (const edit of edits) Y.applyUpdate(doc, edit);
        });
        insert.run(id, Y.encodeStateAsUpdate(doc));
      }
      database.close();
    },
    async start(directory) {
      const server = await ServerProcess.start({
        program: new URL('servers/hocuspocus.ts', import.meta.url),
        args: [join(directory, HOCUSPOCUS_FILE), ...(debounceMs === undefined ? [] : [String(debounceMs)])],
        directory,
        ...setting,
      });
      return { process: server, connect: ySyncConnect(server.port, HOCUSPOCUS) };
    },
  };
}
