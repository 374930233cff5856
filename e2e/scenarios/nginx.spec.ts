import { freePort, startNginx } from '@cahier/testing';
import { CahierServer } from '../fixtures/cahier-server.ts';
import { test as base, expect } from '../fixtures/test.ts';

const nginx = process.env.NGINX_PATH;

const test = base.extend<{ app: CahierServer; publicUrl: string }>({
  publicUrl: async ({ browserName: _ }, use) => use(`http://127.0.0.1:${await freePort()}`),
  app: async ({ publicUrl }, use) => {
    await using app = await CahierServer.start({ PUBLIC_URL: publicUrl });
    await use(app);
  },
  baseURL: async ({ app, publicUrl }, use) => {
    const port = Number(new URL(publicUrl).port);
    await using _nginx = await startNginx({ nginx: nginx ?? '', port, upstream: `127.0.0.1:${app.port}` });
    await use(publicUrl);
  },
});

test.describe('behind nginx, with the project’s configuration', () => {
  test.skip(nginx === undefined, 'nginx is not on this machine');

  test('two people see each other’s words and cursors as they are typed', async ({ pair, user, user2 }) => {
    const { first, second } = pair;
    await first.write('Good morning');
    await expect(second.text).toContainText('Good morning');
    await expect(second.cursorOf(user.name)).toBeVisible();
    await second.write(', everybody');
    await expect(first.text).toContainText('Good morning, everybody');
    await Promise.all([first.expectSaved(), second.expectSaved()]);
    await user2.context.close();
    await expect(first.people.getByRole('listitem')).toHaveCount(1);
  });

  test('they write on after the application was restarted behind it', async ({ pair, app }) => {
    const { first, second } = pair;
    await first.write('before');
    await first.expectSaved();
    await app.stop();
    await first.write(' meanwhile');
    await expect(first.status).toHaveText(/Offline/);
    await app.resume();
    await first.expectSaved();
    await expect(second.text).toContainText('before meanwhile');
  });

  test('the hub’s health is visible through it, and a hub that is down is said to be', async ({
    app,
    request,
  }) => {
    expect((await request.get('/healthz')).status()).toBe(200);
    await app.stop();
    for (const path of ['/healthz', '/.well-known/mercure?topic=x']) {
      const response = await request.get(path);
      expect(response.status()).toBe(400);
      expect(await response.text()).toBe('Bad Request');
    }
  });
});
