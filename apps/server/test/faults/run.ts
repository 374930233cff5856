import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createApiClient, DOCUMENT_ROOT } from '@cahier/protocol';
import { type FaultRates, type Random, startFaultyProxy } from '@cahier/testing';
import * as Y from 'yjs';
import { type ServerProcess, startServer } from '../server-process.ts';
import { temporaryDirectory } from '../support.ts';
import { ClientProcess, Record, skewedClock } from './client-process.ts';
import { marksOf } from './marks.ts';

export interface FaultRun {
  readonly random: Random;
  /** How long things go wrong, before everything has to come right. */
  readonly durationMs: number;
  readonly clients?: number;
  /** Told what is done, step by step. */
  readonly log?: (line: string) => void;
}

export interface FaultRunResult {
  readonly made: number;
  readonly acknowledged: number;
  readonly faults: { readonly [kind: string]: number };
}

const CLIENTS = 4;
const MIN_STEP_MS = 100;
const MAX_STEP_MS = 900;
const MAX_SKEW_MS = 2 * 60 * 60 * 1000;
/** A disk without room for more, and one that takes nothing at all. */
const FULL_BYTES = 200_000;
const READ_ONLY_BYTES = 1;
/** After all is well again, everybody has everything within this time, or something hangs. */
const RECOVERY_MS = 30_000;
const LOOK_MS = 50;

const NETWORK: FaultRates = {
  dropRequest: 0.05,
  dropAnswer: 0.05,
  duplicateRequest: 0.05,
  truncateAnswer: 0.03,
  captivePortal: 0.02,
  delay: 0.3,
  maxDelayMs: 120,
  dropEvent: 0.05,
  duplicateEvent: 0.05,
  reorderEvent: 0.05,
  holdStream: 0.05,
  maxHoldMs: 400,
  cutStream: 0.01,
};

/**
 * Lets real clients write through a bad network to a real server while both are killed, disks fail and clocks are
 * wrong; then lets everything recover.
 *
 * @throws Error when an edit is lost or there twice, when replicas differ, or when something hangs
 */
export async function runFaults({
  random,
  durationMs,
  clients = CLIENTS,
  log = () => {},
}: FaultRun): Promise<FaultRunResult> {
  await using directory = await temporaryDirectory();
  const skew = () => random.integer(-MAX_SKEW_MS, MAX_SKEW_MS);
  const start = (port: string) =>
    startServer(directory.path, {
      PORT: port,
      LOG_LEVEL: 'fatal',
      NODE_OPTIONS: `--import=${skewedClock}`,
      CLOCK_SKEW_MS: String(skew()),
    });
  let server: ServerProcess = await start('0');
  const port = String(server.port);
  const cookie = await logIn(server.url);
  const directApi = () => createApiClient({ baseUrl: server.url, headers: { cookie } });
  const { id: documentId } = await directApi().createDocument({ body: {} });
  await using proxy = await startFaultyProxy(server.port, random);

  const record = new Record();
  let lives = 0;
  const birth = (index: number) =>
    new ClientProcess(
      {
        baseUrl: proxy.url,
        cookie,
        documentId,
        queueFile: join(directory.path, `queue-${index}`),
        name: `${index}.${++lives}`,
        seed: random.integer(1, 2 ** 31),
      },
      skew(),
      record,
    );
  const people = Array.from({ length: clients }, (_, index) => birth(index));
  const limitFiles = (bytes: number | 'unlimited') =>
    execFileSync('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`]);

  const faults: { [kind: string]: () => Promise<void> } = {
    async 'server killed'() {
      await server.stop('SIGKILL');
      await pause();
      server = await start(port);
    },
    async 'server restarted'() {
      await server.stop('SIGTERM');
      server = await start(port);
    },
    async 'client killed'() {
      const index = random.integer(0, clients - 1);
      await (people[index] as ClientProcess).kill();
      await pause();
      const next = birth(index);
      people[index] = next;
      next.write(true);
    },
    async 'network cut'() {
      proxy.cut();
    },
    async 'network calm'() {
      proxy.harm(undefined);
      await pause();
      proxy.harm(NETWORK);
    },
    ...(process.platform === 'linux'
      ? {
          async 'disk full'() {
            limitFiles(FULL_BYTES);
            await pause();
            limitFiles('unlimited');
          },
          async 'disk read-only'() {
            limitFiles(READ_ONLY_BYTES);
            await pause();
            limitFiles('unlimited');
          },
        }
      : {}),
  };
  const happened: { [kind: string]: number } = {};
  const pause = () => wait(random.integer(MIN_STEP_MS, MAX_STEP_MS));

  try {
    for (const person of people) person.write(true);
    proxy.harm(NETWORK);
    for (const end = Date.now() + durationMs; Date.now() < end; ) {
      await pause();
      const kind = random.pick(Object.keys(faults));
      log(kind);
      await faults[kind]?.();
      happened[kind] = (happened[kind] ?? 0) + 1;
      for (const { failure } of people) if (failure !== undefined) throw new Error(failure);
    }

    log('recovery');
    proxy.harm(undefined);
    proxy.cut();
    for (const person of people) person.write(false);
    const marks = await recovered(people, record);
    check(marks, record);
    const stored = await readLog(directApi(), documentId);
    if (stored.join() !== marks.join()) throw new Error('The log does not say what the clients have');
    return { made: record.made.size, acknowledged: record.acknowledged.size, faults: happened };
  } finally {
    await Promise.all([...people.map(person => person.kill()), server.stop('SIGKILL')]);
  }
}

/** Waits until everybody has saved everything and all have the same; gives what they have. */
async function recovered(people: readonly ClientProcess[], record: Record): Promise<string[]> {
  const deadline = Date.now() + RECOVERY_MS;
  for (;;) {
    if (record.ends.length > 0) throw new Error(`A client was turned away: ${record.ends.join(', ')}`);
    const states = await Promise.all(people.map(person => person.state()));
    const [first] = states;
    const isDone = states.every(
      ({ isSaved, marks }) =>
        isSaved && marks.length === first?.marks.length && marks.join() === first.marks.join(),
    );
    if (isDone && first) return first.marks;
    if (Date.now() > deadline) {
      const seen = states.map(({ phase, marks }) => `${phase}, ${marks.length} marks`);
      throw new Error(`Something hangs: ${seen.join('; ')}`);
    }
    await wait(LOOK_MS);
  }
}

/** Everything that was made is there exactly once; what was erased, and was said to be, is not. */
function check(marks: readonly string[], { made, erased, acknowledged, acknowledgedErasures }: Record): void {
  const present = new Set(marks);
  if (present.size !== marks.length) throw new Error('Something is there twice');
  const lost = [...made].filter(mark => !present.has(mark) && !erased.has(mark));
  const broken = lost.filter(mark => acknowledged.has(mark));
  if (lost.length > 0)
    throw new Error(`Lost: ${lost.join(', ')}; acknowledged of them: ${broken.join(', ')}`);
  const undead = [...acknowledgedErasures].filter(mark => present.has(mark));
  if (undead.length > 0) throw new Error(`Erased and still there: ${undead.join(', ')}`);
}

/** The marks in the document as a newcomer finds it. */
async function readLog(api: ReturnType<typeof createApiClient>, documentId: string): Promise<string[]> {
  const doc = new Y.Doc();
  for (let after = 0, more = true; more; ) {
    const page = await api.readLog({ params: { documentId }, query: { after } });
    if (page.snapshot) Y.applyUpdate(doc, Buffer.from(page.snapshot.update, 'base64'));
    for (const { update } of page.updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    ({ more, seq: after } = page);
  }
  return marksOf(doc.getText(DOCUMENT_ROOT));
}

async function logIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'user@exelearning.net', password: '1234' }),
  });
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
