import { readFile } from 'node:fs/promises';
import { hubToken, publish } from '../fixtures/mercure.ts';
import { expect, test } from '../fixtures/test.ts';

// The page that describes real-time communication (docs/real-time-communication.md) shows two code samples:
// a back end that publishes, and a browser that subscribes with nothing but EventSource. Both hold as printed.
const topic = 'https://example.com/document/123';

test('the subscriber of the documentation, as it is printed there, receives what a back end publishes', async ({
  server,
  visitor,
}) => {
  const documentation = await readFile(
    new URL('../../docs/real-time-communication.md', import.meta.url),
    'utf8',
  );
  const code = documentation.match(/```js\n([^`]+)```/)?.[1] ?? '';
  expect(code).toContain('new EventSource(url)');
  const page = await visitor.newPage();
  const received: unknown[] = [];
  page.on('console', async message => {
    if (message.type() === 'log') received.push(await message.args()[0]?.jsonValue());
  });
  await page.goto('/');
  const answered = page.waitForResponse(/mercure\?topic=/);
  await page.evaluate(`(() => {${code}})()`);
  await answered;

  await publish(server.url, topic, { status: 'updated', by: 'user1', secret: true }, { private: 'on' });
  await publish(server.url, topic, { status: 'updated', by: 'user1' });
  // The private update came first and was not for a page without a token.
  await expect.poll(() => received).toEqual([{ status: 'updated', by: 'user1' }]);
});

test('with a token in its cookie, the same subscriber receives private updates', async ({
  server,
  visitor,
}) => {
  await visitor.addCookies([
    {
      name: 'mercureAuthorization',
      value: await hubToken({ subscribe: [topic] }),
      url: `${server.url}/.well-known/mercure`,
    },
  ]);
  const page = await visitor.newPage();
  await page.goto('/');
  const data = page.evaluate(async () => {
    const url = new URL('/.well-known/mercure', window.location.href);
    url.searchParams.append('topic', 'https://example.com/document/123');
    const eventSource = new EventSource(url);
    await new Promise(resolve => {
      eventSource.onopen = resolve;
    });
    document.title = 'subscribed';
    return new Promise(resolve => {
      eventSource.onmessage = event => resolve(JSON.parse(event.data));
    });
  });
  await expect(page).toHaveTitle('subscribed');
  await publish(server.url, topic, { status: 'updated', by: 'user1' }, { private: 'on' });
  expect(await data).toEqual({ status: 'updated', by: 'user1' });
});
