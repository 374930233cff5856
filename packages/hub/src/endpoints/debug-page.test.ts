import { listen } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createHub } from '../hub.ts';

const key = { secret: '!ChangeThisMercureHubJWTSecretKey!' };
const path = '/.well-known/mercure/debug';

it('G4 is not there unless it is asked for', async () => {
  const hub = createHub({ publisherKey: key, subscriberKey: key });
  await using server = await listen(hub.handler);
  for (const file of ['', '/', '/debug.js']) expect((await fetch(server.url + path + file)).status).toBe(404);
  await hub.close();
});

it('G5 needs nothing from anywhere else and lets nothing else in', async () => {
  const hub = createHub({ publisherKey: key, subscriberKey: key, debugPage: true });
  await using server = await listen(hub.handler);
  const page = await fetch(server.url + path);
  expect(page.url).toBe(`${server.url}${path}/`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");

  const files = new Set(['']);
  for (const file of files) {
    const response = await fetch(`${server.url}${path}/${file}`);
    expect([file, response.status]).toEqual([file, 200]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await response.text();
    expect(text).not.toMatch(/(?:src|href|import|url|from)\s*[=(]?\s*['"(](?:https?:)?\/\//);
    for (const [, found] of text.matchAll(/(?:src=|href=|from )['"](?:\.\/)?([\w.-]+)['"]/g))
      files.add(found ?? '');
  }
  expect([...files].sort()).toEqual(['', 'debug.css', 'debug.js', 'event-stream.js', 'subscriptions.js']);
  expect((await fetch(`${server.url}${path}/`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${server.url}${path}/../../etc/passwd`)).status).toBe(404);
  await hub.close();
});
