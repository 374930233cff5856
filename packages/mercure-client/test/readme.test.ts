import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createHub } from '@cahier/hub';
import { listen, mintClaimToken } from '@cahier/testing';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const secret = 'a secret that is long enough for HS256';
const [subscriber = '', publisher = ''] = [
  ...readFileSync(`${root}/README.md`, 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm),
].map(([, code]) => code);

test('the examples of README.md run, and understand each other', async () => {
  const hub = createHub({ publisherKey: { secret }, subscriberKey: { secret } });
  const server = await listen(hub.handler);
  onTestFinished(async () => {
    await hub.close();
    await server.close();
  });
  const tokens = {
    SUBSCRIBER_TOKEN: await mintClaimToken({ secret, subscribe: ['https://example.com/books/{id}'] }),
    PUBLISHER_TOKEN: await mintClaimToken({ secret, publish: ['https://example.com/books/1'] }),
  };
  const run = (code: string) => {
    const here = code.replace('https://example.com/.well-known', `${server.url}/.well-known`);
    const args = ['--conditions=@cahier/source', '--input-type=module', '-e', here];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: tokens,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    const waiting = new Set<() => void>();
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text;
      for (const look of [...waiting]) look();
    });
    const says = (text: string) =>
      new Promise<void>(resolve => {
        const look = () => output.includes(text) && resolve();
        waiting.add(look);
        look();
      });
    return { child, exited: once(child, 'exit'), says, output: () => output };
  };

  const listening = run(subscriber);
  await listening.says('open\n');
  const publishing = run(publisher);
  expect(await publishing.exited).toEqual([0, null]);
  await listening.says(`${publishing.output().trim()} message hello\n`);
  listening.child.kill('SIGTERM');
  expect(await listening.exited).toEqual([0, null]);
});
