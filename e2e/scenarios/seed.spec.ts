import { hubToken, publish } from '../fixtures/mercure.ts';
import { expect, test } from '../fixtures/test.ts';

// The page that describes real-time communication (docs/real-time-communication.md) shows two code samples:
// a back end that publishes, and a browser that subscribes with nothing but EventSource. Both hold as printed.
const topic = 'https://example.com/document/123';

interface SubscribedWindow extends Window {
  received: unknown[];
}

test('the subscriber of the documentation receives what a back end publishes', async ({
  server,
  visitor,
}) => {
  const page = await visitor.newPage();
  await page.goto('/');
  await page.evaluate(async () => {
    const received: unknown[] = [];
    Object.assign(window, { received });
    const url = new URL('/.well-known/mercure', window.location.href);
    url.searchParams.append('topic', 'https://example.com/document/123');
    const eventSource = new EventSource(url);
    eventSource.onmessage = event => {
      const data = JSON.parse(event.data);
      received.push(data);
    };
    await new Promise(resolve => {
      eventSource.onopen = resolve;
    });
  });

  await publish(server.url, topic, { status: 'updated', by: 'user1', secret: true }, { private: 'on' });
  await publish(server.url, topic, { status: 'updated', by: 'user1' });

  const received = () => page.evaluate(() => (window as unknown as SubscribedWindow).received);
  // The private update came first and was not for a page without a token.
  await expect.poll(received).toEqual([{ status: 'updated', by: 'user1' }]);
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
