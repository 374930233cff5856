import type { BrowserContext } from '@playwright/test';
import { users } from '../fixtures/api.ts';
import { EditorPage } from '../fixtures/editor-page.ts';
import { expect, test } from '../fixtures/test.ts';

/** Takes from browsers what old ones have not got, as far as the application has a use for it. */
const makeOld = (context: BrowserContext) =>
  context.addInitScript(() => {
    for (const name of ['BroadcastChannel', 'SharedWorker']) Reflect.deleteProperty(window, name);
    for (const name of ['locks', 'serviceWorker']) Reflect.deleteProperty(Navigator.prototype, name);
  });

const circumstances = [
  {
    name: 'without HTTPS',
    // Browsers trust no such address, as they do `localhost`; the configuration of these tests tells them where it is.
    host: 'cahier.test',
    prepare: async () => {},
  },
  { name: 'in a browser without Web Locks and BroadcastChannel', host: 'localhost', prepare: makeOld },
];

for (const { name, host, prepare } of circumstances) {
  test(`${name} two tabs work, each over its own stream, and what is left unsent is kept`, async ({
    server,
    visitor,
    user,
    user2,
    documentId,
  }) => {
    await user.api.share(documentId, 'user2', 'editor');
    const other = await user.open(documentId);
    await prepare(visitor);
    const streams = new Set<string>();
    visitor.on('request', request => {
      const { pathname, search } = new URL(request.url());
      if (pathname === '/.well-known/mercure') streams.add(`${request.frame().page().url()}${search}`);
    });
    const openTab = async () => {
      const tab = new EditorPage(await visitor.newPage());
      await tab.page.goto(`http://${host}:${server.port}/documents/${documentId}`);
      return tab;
    };

    const first = await openTab();
    expect(await first.page.evaluate(() => 'locks' in navigator)).toBe(false);
    await first.page.getByLabel('E-mail').fill(users.user2.email);
    await first.page.getByLabel('Password').fill(users.user2.password);
    await first.page.getByRole('button', { name: 'Log in', exact: true }).click();
    await first.write('From the first tab.');
    await first.expectSaved();
    const second = await openTab();
    await expect(second.text).toHaveText('From the first tab.');
    await expect.poll(() => streams.size).toBe(2);
    await second.write(' From the second.');
    await expect(first.text).toHaveText('From the first tab. From the second.');
    await other.write(' From elsewhere.');
    for (const { text } of [first, second])
      await expect(text).toHaveText('From the first tab. From the second. From elsewhere.');
    await expect(other.people.getByRole('listitem')).toHaveCount(2);
    await expect(other.cursorOf(user2.name).first()).toBeVisible();

    await second.page.close();
    await other.write(' Again.');
    await expect(first.text).toContainText('Again.');
    await visitor.setOffline(true);
    await first.write(' Offline.');
    await expect(first.status).toContainText('kept on this device');
    await first.page.close();
    await expect(other.people.getByRole('listitem')).toHaveCount(1);
    await visitor.setOffline(false);
    const back = await openTab();
    await expect(other.text).toContainText('From elsewhere. Again. Offline.');
    await back.expectSaved();
    expect(await back.lines()).toEqual(await other.lines());
  });
}
