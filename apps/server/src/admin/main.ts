// The administrator's tool. Reads the same configuration as the server.
import '../require-node.mjs';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { publish } from '@cahier/mercure-client';
import { type DocumentEvent, documentTopics, HUB_PATH } from '@cahier/protocol';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { databaseFile, openDatabase } from '../db/sqlite/open.ts';
import { PublisherTokens } from '../realtime/tokens.ts';
import { History } from './history.ts';

const HELP = `What has happened to a document, and going back. Works while the server runs, and while it does not.

  npm run admin -- log DOCUMENT [--last 20]   the last entries of its log: number, time, who, how much
  npm run admin -- show DOCUMENT NUMBER       its text as it was after that entry
  npm run admin -- restore DOCUMENT NUMBER    makes it what it was then, by a new entry; the log keeps everything

A document that the server says it cannot bring into the present format is opened again by going back to an entry before
the damage, which log lists as UNREADABLE, or show refuses to show.`;

const ANSWER_TIMEOUT_MS = 5_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { last: { type: 'string', default: '20' }, help: { type: 'boolean', default: false } },
});

try {
  await main(positionals);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main([command, documentId, number]: string[]): Promise<void> {
  const isCommand = command === 'log' || command === 'show' || command === 'restore';
  if (values.help || !isCommand || documentId === undefined || (command !== 'log' && number === undefined)) {
    console.log(HELP);
    if (!values.help) process.exitCode = 2;
    return;
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = configuration();
  if (!existsSync(databaseFile(config.dataDir))) throw new Error(`There is no data in ${config.dataDir}`);
  const database = openDatabase(config.dataDir);
  try {
    const history = new History(database, documentId);
    if (command === 'log') list(history);
    else if (command === 'show') console.log(history.textAt(Number(number)));
    else await restore(history, config, documentId, Number(number));
  } finally {
    database.close();
  }
}

function configuration(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) throw new Error(error.message);
    throw error;
  }
}

function list(history: History): void {
  for (const { seq, createdAt, author, bytes, added, deleted, problem } of history.entries(
    Number(values.last),
  )) {
    const what = problem === undefined ? `+${added} -${deleted}` : `UNREADABLE: ${problem}`;
    console.log(`${seq}  ${createdAt.toISOString()}  ${author}  ${bytes} bytes  ${what}`);
  }
}

async function restore(history: History, config: Config, documentId: string, number: number): Promise<void> {
  const { seq, accessGeneration } = history.restore(number);
  if (seq === undefined) {
    console.log(`Nothing to do: the document is what it was at ${number}.`);
    return;
  }
  console.log(`Restored to ${number}, as entry ${seq}. To take it back: restore to ${seq - 1}.`);
  const isTold = await tellListeners(config, documentId, accessGeneration, seq);
  console.log(
    isTold
      ? 'Whoever has it open sees it now.'
      : 'No server was there to be told: it is seen by whoever opens the document, or comes back to it.',
  );
}

/** Announces the entry as the server does, by way of its hub; false when none can be reached. */
async function tellListeners(
  { publicUrl, port, hub }: Config,
  documentId: string,
  accessGeneration: number,
  seq: number,
): Promise<boolean> {
  const origin = publicUrl ?? `http://localhost:${port}`;
  const topics = [documentTopics(origin, documentId, accessGeneration).document];
  const event: DocumentEvent = { documentId, type: 'advanced', seq };
  try {
    await publish({
      hub: hub.outsideUrl ?? `http://localhost:${port}${HUB_PATH}`,
      token: await new PublisherTokens(hub.publisherSecret).issue(topics),
      topics,
      data: JSON.stringify(event),
      private: true,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return true;
  } catch {
    return false;
  }
}
