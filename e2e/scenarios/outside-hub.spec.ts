import { freePort } from '@cahier/testing';
import { CahierServer } from '../fixtures/cahier-server.ts';
import { type HubProgram, startHubProgram } from '../fixtures/hub-program.ts';
import { test as base, expect } from '../fixtures/test.ts';

const MERCURE_JWT_SECRET_KEY = 'a secret that the hub and the application share';

const test = base.extend<{ app: CahierServer; hub: HubProgram; port: number }>({
  port: async ({ browserName: _ }, use) => use(await freePort()),
  hub: async ({ port }, use) => {
    await using hub = await startHubProgram({
      MERCURE_JWT_SECRET_KEY,
      MERCURE_CORS_ORIGINS: `http://localhost:${port}`,
      MERCURE_LOG_LEVEL: 'error',
    });
    await use(hub);
  },
  app: async ({ hub, port }, use) => {
    const endpoint = `${hub.url}/.well-known/mercure`;
    await using app = await CahierServer.start({
      PORT: String(port),
      MERCURE_JWT_SECRET_KEY,
      MERCURE_URL: endpoint,
      MERCURE_PUBLIC_URL: endpoint,
    });
    await use(app);
  },
  baseURL: async ({ app }, use) => use(app.url),
});

test('a hub that dies, and comes back without its history, takes nothing with it', async ({ pair, hub }) => {
  const { first, second } = pair;
  await first.write('Before.');
  await expect(second.text).toHaveText('Before.');
  await first.expectSaved();

  await hub.kill();
  await first.write(' Without it.');
  await first.expectSaved();
  await hub.resume();
  // What the hub has not got any more comes from the log.
  await expect(second.text).toHaveText('Before. Without it.');
  await second.write(' After.');
  await expect(first.text).toHaveText('Before. Without it. After.');
  for (const editor of [first, second]) await editor.expectSaved();

  // For longer it is done without: whoever waits is told that they see things late.
  await hub.kill();
  await first.write(' Long without it.');
  await expect(second.text).toContainText('Long without it.');
  await expect(second.status).toContainText('Saved · delayed');
  await hub.resume();
  await expect(second.status).toHaveText('Saved');
});
