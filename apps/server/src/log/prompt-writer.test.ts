import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LogFixture, openLogFixture, outcomes } from '../../test/log-fixture.ts';
import { Writer } from '../../test/support.ts';
import { PromptWriter } from './prompt-writer.ts';
import { LogWriter } from './writer.ts';

let fixture: LogFixture;
beforeAll(async () => {
  fixture = await openLogFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** A document whose log the other thread's writer has begun, and the prompt writer has heard of. */
function begun({ now }: { now?: () => number } = {}) {
  const thread = new LogWriter(fixture.database);
  const prompt = new PromptWriter(fixture.dataDir, now);
  const documentId = fixture.document('editor');
  const writer = new Writer();
  const append = (text: string) => fixture.append(documentId, writer.type(text));
  const elsewhere = (text: string) => {
    const [outcome] = outcomes(thread.commit([append(text)]));
    prompt.learn(thread.tellVectors([documentId], 10));
    return outcome;
  };
  expect(elsewhere('one')).toBe(1);
  const commit = (...texts: string[]) => {
    const done = prompt.commit(texts.map(append));
    return done && outcomes(done);
  };
  return { documentId, prompt, append, elsewhere, commit, [Symbol.dispose]: () => prompt.close() };
}

test('commits what a keystroke has made, one after the other', () => {
  using log = begun();
  expect(log.commit('two')).toEqual([2]);
  expect(log.commit('three', 'four')).toEqual([3, 4]);
  expect(log.elsewhere('five')).toBe(5);
  expect(log.commit('six')).toEqual([6]);
});

test('checks what it commits as the other writer does', () => {
  using log = begun();
  const lost = log.append('never sent');
  expect(log.commit('builds on it')).toEqual(['update_missing_dependencies']);
  expect(outcomes(log.prompt.commit([lost]) ?? [])).toEqual([2]);
  fixture.database.prepare("update members set role = 'viewer' where document_id = ?").run(log.documentId);
  expect(log.commit('too late')).toEqual(['forbidden']);
});

test('leaves to the other thread what it would have to read first', () => {
  using log = begun();
  const unknown = fixture.append(fixture.document(), new Writer().type('x'));
  expect(log.prompt.commit([unknown])).toBeUndefined();
  // One that it does not know takes the others along, which it still knows.
  // One that it does not know takes the others along, which it still knows.
  const known = log.append('two');
  expect(log.prompt.commit([known, unknown])).toBeUndefined();
  expect(outcomes(log.prompt.commit([known]) ?? [])).toEqual([2]);
});

test('leaves to the other thread what somebody else has appended to', () => {
  using log = begun();
  const another = new LogWriter(fixture.database);
  another.commit([log.append('by the tool of an administrator')]);
  expect(log.commit('three')).toBeUndefined();
});

test('leaves to the other thread what takes long to check', () => {
  using log = begun();
  expect(log.commit('x'.repeat(100_000))).toBeUndefined();
  expect(log.commit(...Array.from({ length: 100 }, () => 'x'))).toBeUndefined();
});

test('does not wait while somebody else is writing, and goes on afterwards', () => {
  using log = begun();
  const append = log.append('two');
  fixture.database.exec('begin immediate');
  expect(log.prompt.commit([append])).toBeUndefined();
  fixture.database.exec('commit');
  expect(outcomes(log.prompt.commit([append]) ?? [])).toEqual([2]);
});

test('after a commit that took long it leaves the next ones to the other thread for a while', () => {
  let now = 0;
  const times = [0, 50];
  using log = begun({ now: () => times.shift() ?? now });
  expect(log.commit('two')).toEqual([2]);
  const append = log.append('three');
  now = 60;
  expect(log.prompt.commit([append])).toBeUndefined();
  now = 10_000;
  expect(outcomes(log.prompt.commit([append]) ?? [])).toEqual([3]);
});
