import { setTimeout as wait } from 'node:timers/promises';
import { type ApiClient, DOCUMENT_ROOT } from '@cahier/protocol';
import type { Random } from '@cahier/testing';
import * as Y from 'yjs';
import type { ClientProcess, Record } from './client-process.ts';
import { faultsOf, NETWORK, pause } from './faults.ts';
import { marksOf } from './marks.ts';
import { Stage } from './stage.ts';

export interface FaultRun {
  readonly random: Random;
  /** How long things go wrong, before everything has to come right. */
  readonly durationMs: number;
  /** Things go wrong until the server has been killed so often, too. Default: 0. */
  readonly minServerKills?: number;
  /** After all is well again, everybody has everything within this time, or something hangs. Default: 30 s. */
  readonly recoveryMs?: number;
}

export interface FaultRunResult {
  readonly made: number;
  readonly acknowledged: number;
  readonly faults: { readonly [kind: string]: number };
}

const PEOPLE = 4;
const RECOVERY_MS = 30_000;
const LOOK_MS = 50;

/**
 * Lets real clients write through a bad network to a real server while both are killed, disks fail and clocks are
 * wrong; then lets everything recover.
 *
 * @throws Error when an edit is lost or there twice, when replicas differ, or when something hangs; it names the seed
 */
export async function runFaults(run: FaultRun): Promise<FaultRunResult> {
  const faults: string[] = [];
  await using stage = await Stage.open(run.random, PEOPLE);
  try {
    await disturb(stage, run, faults);
    stage.proxy.harm(undefined);
    stage.proxy.cut();
    for (const person of stage.people) person.write(false);
    const { record, people, api, documentId } = stage;
    const marks = await recovered(people, record, run.recoveryMs ?? RECOVERY_MS).catch(async error => {
      const inLog = new Set(await readLog(api, documentId));
      const missing = [...record.acknowledged].filter(mark => !inLog.has(mark) && !record.erased.has(mark));
      throw new Error(
        `${error.message}; the log: ${inLog.size} marks, of what it acknowledged it lacks ${missing.length}: ${missing.join(', ')}`,
        { cause: error },
      );
    });
    check(marks, record);
    const stored = await readLog(api, documentId);
    if (stored.join() !== marks.join()) throw new Error('The log does not say what the clients have');
    return { made: record.made.size, acknowledged: record.acknowledged.size, faults: counted(faults) };
  } catch (cause) {
    const { message } = cause as Error;
    const story = `seed ${run.random.seed}: ${faults.join(', ')}; the server: ${stage.lastWords}`;
    throw new Error(`${message} (${story})`, { cause });
  }
}

async function disturb(
  stage: Stage,
  { random, durationMs, minServerKills = 0 }: FaultRun,
  happened: string[],
): Promise<void> {
  const faults = faultsOf(stage, random);
  for (const person of stage.people) person.write(true);
  stage.proxy.harm(NETWORK);
  const end = Date.now() + durationMs;
  for (;;) {
    const isOver = Date.now() > end;
    if (isOver && (counted(happened)['server killed'] ?? 0) >= minServerKills) return;
    await pause(random);
    const kind = isOver ? 'server killed' : random.pick(Object.keys(faults));
    happened.push(kind);
    await faults[kind]?.();
    for (const { failure } of stage.people) if (failure !== undefined) throw new Error(failure);
  }
}

function counted(kinds: readonly string[]): { [kind: string]: number } {
  const counts: { [kind: string]: number } = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Waits until everybody has saved everything and all have the same; gives what they have. */
async function recovered(
  people: readonly ClientProcess[],
  record: Record,
  recoveryMs: number,
): Promise<string[]> {
  const deadline = Date.now() + recoveryMs;
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
async function readLog(api: ApiClient, documentId: string): Promise<string[]> {
  const doc = new Y.Doc();
  const batches = new Set<string>();
  for (let after = 0, more = true; more; ) {
    const page = await api.readLog({ params: { documentId }, query: { after } });
    if (page.snapshot) Y.applyUpdate(doc, Buffer.from(page.snapshot.update, 'base64'));
    let last = page.snapshot?.seq ?? after;
    for (const { seq, batch, update } of page.updates) {
      if (seq !== ++last) throw new Error(`After entry ${last - 1} of the log comes ${seq}`);
      if (batches.has(batch)) throw new Error(`The log has batch ${batch} twice`);
      batches.add(batch);
      Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    }
    ({ more, seq: after } = page);
  }
  return marksOf(doc.getText(DOCUMENT_ROOT));
}
