import { EditorPage } from '../fixtures/editor-page.ts';
import { test as laptopTest } from '../fixtures/laptop.ts';
import { expect, test } from '../fixtures/test.ts';

/** Eleven seconds after the last report that arrived; a busy machine may take longer. */
const GONE_WITHIN_MS = 18_000;

laptopTest(
  'whoever closes the lid is gone within seconds, and has missed nothing when they open it again',
  async ({ laptop, user, user2 }) => {
    laptopTest.skip(process.platform !== 'linux', 'stops the processes of the browser');
    const documentId = await user.api.createDocument('Lecture');
    await user.api.share(documentId, 'user2', 'editor');
    const lid = await laptop.open('user');
    const editor = new EditorPage(await lid.newPage());
    await editor.open(documentId);
    await editor.write('Before.');
    await editor.expectSaved();
    const other = await user2.open(documentId);
    await expect(other.people.getByRole('listitem')).toHaveCount(2);

    const wake = await laptop.sleep();
    await other.write(' Meanwhile.');
    await other.expectSaved();
    await expect(other.people.getByRole('listitem')).toHaveCount(1, { timeout: GONE_WITHIN_MS });
    await expect(other.cursorOf(user.name)).toHaveCount(0);
    wake();
    await expect(editor.text).toHaveText('Before. Meanwhile.');
    await expect(other.people.getByRole('listitem')).toHaveCount(2);
    await editor.write(' After.');
    await expect(other.text).toHaveText('Before. Meanwhile. After.');
  },
);

test('a tab that the browser puts to sleep holds nobody up, though it has the stream, and catches up', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const leader = await user.open(documentId);
  await leader.write('One.');
  await leader.expectSaved();
  const [follower, other] = [await user.open(documentId), await user2.open(documentId)];
  await expect(follower.text).toHaveText('One.');
  const devtools = await user.context.newCDPSession(leader.page);
  // Nothing in it runs any more, and it keeps what it holds: the stream, and the lock of who leads.
  await devtools.send('Debugger.enable');
  const paused = new Promise(resolve => devtools.once('Debugger.paused', resolve));
  await devtools.send('Debugger.pause');
  await paused;
  await other.write(' Two.');
  await expect(follower.text).toHaveText('One. Two.');
  // Not by the log alone, which is asked for want of a stream.
  await expect(follower.status).toHaveText('Saved');
  await follower.write(' Three.');
  await expect(other.text).toHaveText('One. Two. Three.');

  await devtools.send('Debugger.resume');
  await devtools.send('Debugger.disable');
  await expect(leader.text).toHaveText('One. Two. Three.');
  await leader.write(' Four.');
  for (const { text } of [follower, other]) await expect(text).toHaveText('One. Two. Three. Four.');
});
