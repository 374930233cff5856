import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ApiClient,
  createApiClient,
  DOCUMENT_ROOT,
  type GrantableRole,
  type Person,
  type StreamEvent,
  type Subscription,
  streamEventSchema,
} from '@cahier/protocol';
import { type EventStream, listen } from '@cahier/testing';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import * as Y from 'yjs';
import { createApp } from '../src/app.ts';
import { type Config, readConfig } from '../src/config.ts';
import { databaseFile } from '../src/db/sqlite/open.ts';
import { unmatchableHash } from '../src/domain/passwords.ts';
import { openServices, type Services } from '../src/services.ts';

/** A directory that is gone at the end of the block. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'cahier-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Somebody who is logged in. */
export interface Actor {
  readonly person: Person;
  readonly cookie: string;
  readonly api: ApiClient;
}

export interface TestApp extends AsyncDisposable {
  readonly url: string;
  readonly services: Services;
  readonly config: Config;
  /** For looking at what is on the disk, and for preparing it. */
  readonly database: Database.Database;
  /** Makes a user with a session, past the log-in, which takes its time on purpose. */
  actor(name?: string): Actor;
  /** A document of `owner`, shared as told. */
  document(owner: Actor, members?: readonly (readonly [Actor, GrantableRole])[]): Promise<string>;
}

interface TestAppOptions {
  readonly environment?: Record<string, string>;
  readonly dataDir?: string;
  readonly webDirectory?: string;
}

/** The whole application on a free port, with a data directory of its own unless one is given; no seeded users. */
export async function startApp({
  environment,
  dataDir,
  webDirectory,
}: TestAppOptions = {}): Promise<TestApp> {
  const directory = dataDir === undefined ? await temporaryDirectory() : undefined;
  const config = readConfig({
    SEED_USERS: 'false',
    DATA_DIR: dataDir ?? directory?.path ?? '',
    ...environment,
  });
  const logger = pino({ level: 'silent' });
  let url = '';
  const publicUrl = () => config.publicUrl ?? url;
  const services = await openServices(config, {
    logger,
    publicUrl,
    onCrash: error => {
      throw error;
    },
  });
  const app = createApp({
    config,
    services,
    logger,
    publicUrl,
    webDirectory: webDirectory ?? join(config.dataDir, 'no-web-application'),
    validateAnswers: true,
  });
  const passwordHash = await unmatchableHash();
  const server = await listen(app);
  ({ url } = server);
  await services.resume();
  const database = new Database(databaseFile(config.dataDir));

  const actor = (name = 'Somebody'): Actor => {
    const id = randomUUID();
    const person: Person = { id, name, email: `${id}@example.org` };
    const token = randomBytes(32).toString('base64url');
    const tokenHash = createHash('sha256').update(token).digest();
    database
      .prepare('insert into users (id, email, name, password_hash, created_at) values (?, ?, ?, ?, ?)')
      .run(id, person.email, name, passwordHash, Date.now());
    database
      .prepare('insert into sessions (token_hash, user_id, created_at, expires_at) values (?, ?, ?, ?)')
      .run(tokenHash, id, Date.now(), Date.now() + 30 * 86_400_000);
    const cookie = `cahier_session=${token}`;
    return { person, cookie, api: createApiClient({ baseUrl: url, headers: { cookie } }) };
  };

  return {
    url,
    services,
    config,
    database,
    actor,
    async document(owner, members = []) {
      const { id } = await owner.api.createDocument({ body: { title: 'Notes' } });
      for (const [{ person }, role] of members) {
        await owner.api.addMember({ params: { documentId: id }, body: { email: person.email, role } });
      }
      return id;
    },
    async [Symbol.asyncDispose]() {
      database.close();
      await services.endStreams();
      await server.close();
      await services.close();
      await directory?.[Symbol.asyncDispose]();
    },
  };
}

/** Writes real edits, one Yjs update after the other. */
export class Writer {
  readonly doc = new Y.Doc();

  /** Types a word at the end of the text; gives the update. */
  type(word: string): Uint8Array {
    return this.#write(text => text.insert(text.length, word));
  }

  /** Deletes the first characters of the text. */
  erase(count: number): Uint8Array {
    return this.#write(text => text.delete(0, count));
  }

  #write(edit: (text: Y.Text) => void): Uint8Array {
    const before = Y.encodeStateVector(this.doc);
    edit(this.doc.getText(DOCUMENT_ROOT));
    return Y.encodeStateAsUpdate(this.doc, before);
  }
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The body of a request that appends `bytes` under a new batch id. */
export const batchOf = (bytes: Uint8Array) => ({ batch: randomUUID() as string, update: base64(bytes) });

/** Where to listen to a subscription's topics, and with what. */
export function streamOf(url: string, { hub, topics, token }: Subscription) {
  const address = new URL(hub, url);
  for (const topic of topics) address.searchParams.append('topic', topic);
  return { address, headers: { authorization: `Bearer ${token}` } };
}

/** Takes events until one of this type comes. */
export async function nextEvent<Type extends StreamEvent['type']>(
  stream: EventStream,
  type: Type,
): Promise<Extract<StreamEvent, { type: Type }>> {
  const parse = (data: string) => streamEventSchema.parse(JSON.parse(data));
  const { data } = await stream.nextMatching(event => parse(event.data).type === type);
  return parse(data) as Extract<StreamEvent, { type: Type }>;
}
