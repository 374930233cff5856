import { randomUUID } from 'node:crypto';
import type { Provider } from '@cahier/y-mercure';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Actor, startApp, type TestApp } from '../support.ts';
import { contentOf, openDocument, othersOf, textOf, until } from './editing.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const open = (actor: Actor, documentId: string, readOnly = false): Promise<Provider> =>
  openDocument(app, actor, documentId, readOnly);

test('two people who write at the same time end with the same text, and so does who comes later', async () => {
  const [owner, editor, viewer] = [app.actor(), app.actor(), app.actor()];
  const documentId = await app.document(owner, [
    [editor, 'editor'],
    [viewer, 'viewer'],
  ]);
  const one = await open(owner, documentId);
  textOf(one).insert(0, 'start ');
  await one.flush();
  const two = await open(editor, documentId);
  for (let index = 0; index < 50; index++) {
    textOf(one).insert(0, `a${index} `);
    textOf(two).insert(textOf(two).length, `b${index} `);
    if (index % 10 === 0) await Promise.race([one.flush(), two.flush()]);
  }
  await Promise.all([one.flush(), two.flush()]);

  const late = await open(viewer, documentId, true);
  await expect.poll(() => contentOf(one)).toBe(contentOf(late));
  await expect.poll(() => contentOf(two)).toBe(contentOf(late));
  for (const word of ['a49', 'b49', 'start']) expect(contentOf(late)).toContain(word);
});

test('people see each other, by the names the server knows', async () => {
  const [owner, guest] = [app.actor('Owner'), app.actor('Guest')];
  const documentId = await app.document(owner, [[guest, 'viewer']]);
  const one = await open(owner, documentId);
  const two = await open(guest, documentId, true);
  await expect.poll(() => othersOf(one)).toEqual(['Guest']);
  await expect.poll(() => othersOf(two)).toEqual(['Owner']);
  await two.destroy();
  await expect.poll(() => othersOf(one)).toEqual([]);
});

test('who loses access is told at once; those who may stay go on', async () => {
  const [owner, guest, editor] = [app.actor(), app.actor(), app.actor()];
  const documentId = await app.document(owner, [
    [guest, 'editor'],
    [editor, 'editor'],
  ]);
  const [one, two, three] = [
    await open(owner, documentId),
    await open(guest, documentId),
    await open(editor, documentId),
  ];
  await owner.api.removeMember({ params: { documentId, userId: guest.person.id } });
  await until(two, state => state.phase === 'ended' && state.reason === 'access_withdrawn');

  textOf(one).insert(0, 'among us');
  await one.flush();
  await expect.poll(() => contentOf(three)).toContain('among us');
  expect(contentOf(two)).not.toContain('among us');
});

test('an editor becomes a viewer: what is typed then is not sent', async () => {
  const [owner, guest] = [app.actor(), app.actor()];
  const documentId = await app.document(owner, [[guest, 'editor']]);
  const provider = await open(guest, documentId);
  await owner.api.changeMember({ params: { documentId, userId: guest.person.id }, body: { role: 'viewer' } });
  textOf(provider).insert(0, randomUUID());
  await until(provider, state => state.phase === 'ended' && state.reason === 'read_only');
  const page = await owner.api.readLog({ params: { documentId }, query: {} });
  expect(page.seq).toBe(0);
});
