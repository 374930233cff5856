import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { mintAccessToken } from '@cahier/testing';
import type { BrowserContext } from '@playwright/test';
import { startHubProgram } from '../fixtures/hub-program.ts';
import { hubToken } from '../fixtures/mercure.ts';
import { expect, test } from '../fixtures/test.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const topic = 'https://example.com/books/1';
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Puts the client's modules, as they are in the repository, beside the hub. */
async function serveClient(context: BrowserContext): Promise<void> {
  const script = { contentType: 'text/javascript' };
  await context.route('**/client/*.ts', async (route, request) => {
    const name = new URL(request.url()).pathname.split('/').at(-1);
    const source = await readFile(at(`packages/mercure-client/src/${name}`), 'utf8');
    const body = stripTypeScriptTypes(source).replace("'eventsource-parser'", "'/parser/index.js'");
    await route.fulfill({ ...script, body });
  });
  await context.route('**/parser/*.js', async (route, request) => {
    const name = new URL(request.url()).pathname.split('/').at(-1);
    await route.fulfill({
      ...script,
      body: await readFile(at(`node_modules/eventsource-parser/dist/${name}`)),
    });
  });
}

for (const generation of ['0.x', '1.0'] as const) {
  test(`in a browser, the client publishes, subscribes and comes back without a loss, in ${generation}`, async ({
    browser,
  }) => {
    await using hub = await startHubProgram({
      MERCURE_JWT_SECRET_KEY: secret,
      MERCURE_GENERATIONS: generation,
      MERCURE_DEBUG_PAGE: 'true',
      MERCURE_LOG_LEVEL: 'error',
    });
    const endpoint = `${hub.url}/.well-known/mercure`;
    const topics = { publish: [topic], subscribe: [topic] };
    const token =
      generation === '0.x'
        ? await hubToken(topics)
        : await mintAccessToken({ secret, issuer: hub.url, audience: endpoint, ...topics });
    const target =
      generation === '0.x'
        ? { topics: ['https://example.com/books/{id}'] }
        : { match: ['other'], matchUrlPattern: ['https://example.com/books/:id'] };

    const context = await browser.newContext();
    await serveClient(context);
    const page = await context.newPage();
    // Any page of the hub's origin will do.
    await page.goto(`${endpoint}/debug/`);
    const seen = await page.evaluate(
      async ({ endpoint, token, target, topic }) => {
        const module = '/client/index.ts';
        const { publish, subscribe } = await import(module);
        const seen: { data: string[]; lost: boolean[] } = { data: [], lost: [] };
        let look = () => {};
        const until = (isSo: () => boolean) =>
          new Promise<void>(resolve => {
            look = () => isSo() && resolve();
            look();
          });
        const subscription = subscribe(
          { hub: endpoint, token, ...target },
          {
            onEvent: ({ data }: { data: string }) => {
              seen.data.push(data);
              look();
            },
            onOpen: ({ historyLost }: { historyLost: boolean }) => {
              seen.lost.push(historyLost);
              look();
            },
          },
        );
        const send = (data: string) => publish({ hub: endpoint, token, topics: topic, data, private: true });
        await until(() => seen.lost.length === 1);
        await send('first');
        await until(() => seen.data.length === 1);
        subscription.reconnect();
        await send('second');
        await until(() => seen.data.length === 2 && seen.lost.length === 2);
        subscription.close();
        return seen;
      },
      { endpoint, token, target, topic },
    );
    expect(seen).toEqual({ data: ['first', 'second'], lost: [false, false] });
    await context.close();
  });
}
