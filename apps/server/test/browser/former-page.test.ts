import { DOCUMENT_ROOT } from '@cahier/protocol';
import { createProvider } from '@cahier/y-mercure';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { History } from '../../src/admin/history.ts';
import { databaseFile } from '../../src/db/sqlite/open.ts';
import { contentOf, documentTitled, formerContents, logOf, writeFormerDatabase } from '../former/database.ts';
import { base64, batchOf, startApp, temporaryDirectory } from '../support.ts';

/** A document of the former format as a browser holds it, and the edits that somebody makes there. */
function formerDoc(log: readonly { bytes: Uint8Array }[]) {
  const doc = new Y.Doc();
  for (const { bytes } of log) Y.applyUpdate(doc, bytes);
  const root = doc.getXmlFragment('content');
  const edit = (change: (root: Y.XmlFragment) => void) => {
    const updates: Uint8Array[] = [];
    const take = (update: Uint8Array) => updates.push(update);
    doc.on('update', take);
    doc.transact(() => change(root));
    doc.off('update', take);
    return updates[0] as Uint8Array;
  };
  return { doc, edit };
}

/** Words typed at the end of the first block. */
const typed = (words: string) => (root: Y.XmlFragment) => {
  const text = (root.get(0) as Y.XmlElement).get(0) as Y.XmlText;
  text.insert(text.length, words);
};

test('a page that still has the former format open can neither add to the new one nor lose what is typed there', async () => {
  await using directory = await temporaryDirectory();
  await writeFormerDatabase(directory.path);
  await using app = await startApp({ dataDir: directory.path });
  const { id, last_seq } = documentTitled(app.database, 'Everything');
  const actor = app.actor();
  app.database
    .prepare('insert into members values (?, ?, ?, ?)')
    .run(id, actor.person.id, 'editor', Date.now());
  const history = logOf(app.database, id).slice(0, -1);
  const send = (body: { batch: string; update: string }) =>
    actor.api.sendUpdate({ params: { documentId: id }, body });

  const { doc, edit } = formerDoc(history);
  const deletion = edit(root => root.delete(0, 1));
  const insertion = edit(typed('late words'));
  const sent = { code: 'update_missing_dependencies', status: 409 };
  await expect(send(batchOf(insertion))).rejects.toMatchObject(sent);
  await expect(send(batchOf(deletion))).rejects.toMatchObject(sent);
  await expect(send(batchOf(Y.encodeStateAsUpdate(doc)))).rejects.toMatchObject({
    code: 'update_foreign',
    message: expect.stringContaining('eload'),
  });
  // An answer that got lost before is still given.
  const { batch, bytes } = history[2] as { batch: string; bytes: Buffer };
  expect(await send({ batch, update: base64(bytes) })).toEqual({ seq: 3 });

  const provider = createProvider({
    documentId: id,
    doc,
    baseUrl: app.url,
    headers: { cookie: actor.cookie },
  });
  await expect
    .poll(() => provider.state)
    .toMatchObject({ phase: 'ended', reason: 'refused', error: { code: 'update_foreign' } });
  expect(doc.getXmlFragment('content').toString()).toContain('late words');
  await provider.destroy();

  expect(logOf(app.database, id)).toHaveLength(last_seq);
  expect(contentOf(app.database, id)).toEqual(formerContents.Everything);
});

test('a damaged document is asked for again until an administrator has mended it, and then opens', async () => {
  await using directory = await temporaryDirectory();
  await writeFormerDatabase(directory.path);
  const former = new Database(databaseFile(directory.path));
  const { id } = documentTitled(former, 'Everything');
  former.prepare('delete from updates where document_id = ? and seq = 20').run(id);
  former.close();
  await using app = await startApp({ dataDir: directory.path });
  const actor = app.actor();
  app.database
    .prepare('insert into members values (?, ?, ?, ?)')
    .run(id, actor.person.id, 'editor', Date.now());

  const provider = createProvider({ documentId: id, baseUrl: app.url, headers: { cookie: actor.cookie } });
  await expect
    .poll(() => provider.state)
    .toMatchObject({
      phase: 'failed',
      error: { code: 'document_damaged' },
      retryAt: expect.any(Number),
    });
  const { seq } = new History(app.database, id).restore(19);
  provider.retry();
  await expect.poll(() => provider.state.phase).toBe('live');
  provider.doc.getText(DOCUMENT_ROOT).insert(0, 'Mended. ');
  await provider.flush();
  await provider.destroy();
  expect(logOf(app.database, id)).toHaveLength(seq ?? 0);
  expect(JSON.stringify(contentOf(app.database, id))).toContain('Mended. ');
});
