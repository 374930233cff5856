import { CahierServer } from '../fixtures/cahier-server.ts';
import { expect, test } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

test('reloading the page loses nothing', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  await editor.write('Kept');
  await editor.expectSaved();
  await editor.page.reload();
  await expect(editor.text).toContainText('Kept');
});

test('“Saved” is shown only for what is on the server’s disk', async ({ user, documentId }) => {
  const editor = await user.open(documentId);
  await editor.expectSaved();
  const before = await user.api.sequenceOf(documentId);

  const open = await editor.holdEdits();
  await editor.write('x');
  await expect(editor.status).toHaveText(/Saving/);
  expect(await user.api.sequenceOf(documentId)).toBe(before);

  open();
  await editor.expectSaved();
  expect(await user.api.sequenceOf(documentId)).toBeGreaterThan(before);
});

test('what is typed without a network is kept, said to be so, and sent when it is back', async ({
  pair,
  user,
}) => {
  const { first, second } = pair;
  await first.write('online');
  await first.expectSaved();

  await user.context.setOffline(true);
  await first.write(' offline');
  await expect(first.status).toHaveText(/Offline/);
  await second.write(' meanwhile');
  await second.expectSaved();

  await user.context.setOffline(false);
  await first.expectSaved();
  await expect(second.text).toContainText('offline');
  await expect(first.text).toContainText('meanwhile');
  expect(await first.lines()).toEqual(await second.lines());
});

const withOwnServer = test.extend<{ own: CahierServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its destructured parameter
  own: async ({}, use) => {
    await using own = await CahierServer.start();
    await use(own);
  },
  baseURL: async ({ own }, use) => use(own.url),
});

withOwnServer.describe('with a server of its own', () => {
  for (const end of ['stop', 'kill'] as const) {
    withOwnServer(
      `people write on after the server was ${end === 'stop' ? 'restarted' : 'killed and came back'}`,
      async ({ pair, own }) => {
        const { first, second } = pair;
        await first.write('before');
        await expect(second.text).toContainText('before');
        await first.expectSaved();

        await own[end]();
        await first.write(' while it was away');
        await expect(first.status).toHaveText(/Offline/);
        await own.resume();

        await first.expectSaved();
        await expect(second.text).toContainText('before while it was away');
        await second.write(' and after');
        await expect(first.text).toContainText('before while it was away and after');

        await first.page.reload();
        await expect(first.text).toContainText('before while it was away and after');
      },
    );
  }
});
