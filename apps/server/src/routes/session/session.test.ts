import { createHash } from 'node:crypto';
import { createApiClient, type Problem } from '@cahier/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../../test/support.ts';

const user = { email: 'user@exelearning.net', password: '1234' };

let app: TestApp;
beforeEach(async () => {
  app = await startApp({ environment: { SEED_USERS: 'true' } });
});
afterEach(() => app[Symbol.asyncDispose]());

function logIn(body: object, headers: Record<string, string> = {}) {
  return fetch(`${app.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const cookieOf = (response: Response) => response.headers.getSetCookie()[0] ?? '';
const signedIn = (response: Response) =>
  createApiClient({ baseUrl: app.url, headers: { cookie: cookieOf(response).split(';')[0] ?? '' } });
const sessions = () => app.database.prepare('select * from sessions').all() as { token_hash: Buffer }[];

describe('log-in', () => {
  test('gives a session in a cookie that scripts cannot read', async () => {
    const response = await logIn(user);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user: { email: user.email } });
    expect(cookieOf(response)).toMatch(
      /^cahier_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    await expect(signedIn(response).getSession({})).resolves.toMatchObject({ user: { email: user.email } });
  });

  test('behind HTTPS the cookie stays there', async () => {
    expect(cookieOf(await logIn(user, { 'x-forwarded-proto': 'https' }))).toMatch(/; Secure;/);
  });

  test('takes the address in any case, with space around it', async () => {
    expect((await logIn({ ...user, email: ' User@eXeLearning.net ' })).status).toBe(200);
  });

  test('keeps nothing on disk that would let somebody in', async () => {
    const token = /=([\w-]+);/.exec(cookieOf(await logIn(user)))?.[1] ?? '';
    expect(sessions()[0]?.token_hash).toEqual(createHash('sha256').update(token).digest());
    const { password_hash } = app.database.prepare('select password_hash from users').get() as {
      password_hash: string;
    };
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('ends the session that it replaces', async () => {
    const first = await logIn(user);
    await logIn(user, { cookie: cookieOf(first).split(';')[0] ?? '' });
    expect(sessions()).toHaveLength(1);
    await expect(signedIn(first).getSession({})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('answers a wrong password and an unknown user alike', async () => {
    const answer = async (body: object) => {
      const response = await logIn(body);
      return {
        status: response.status,
        body: await response.json(),
        cookies: response.headers.getSetCookie(),
      };
    };
    const wrong = await answer({ ...user, password: 'wrong' });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' }, cookies: [] });
    expect(await answer({ ...user, email: 'nobody@example.org' })).toEqual(wrong);
  });
});

describe('guessing', () => {
  const fail = (email: string, address: string) =>
    logIn({ email, password: 'wrong' }, { 'x-forwarded-for': address });
  const succeed = (address: string) => logIn(user, { 'x-forwarded-for': address });

  test('is stopped for the account from that address, and nowhere else', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await fail(user.email, '192.0.2.1')).status).toBe(401);
    }
    const refused = await succeed('192.0.2.1');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await refused.json()) as Problem).toMatchObject({ code: 'too_many_attempts' });

    // Its owner at another address is let in, and so are the others in the same office.
    expect((await succeed('192.0.2.2')).status).toBe(200);
    const colleague = { ...user, email: 'user2@exelearning.net' };
    expect((await logIn(colleague, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(200);
  });

  test('is stopped from the same IPv6 network', async () => {
    for (let attempt = 0; attempt < 10; attempt++) await fail(user.email, `2001:db8:0:1::${attempt}`);
    expect((await succeed('2001:db8:0:1:ffff::1')).status).toBe(429);
    expect((await succeed('2001:db8:0:2::1')).status).toBe(200);
  });

  test('in parallel gives hardly more attempts than one after the other', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => fail(user.email, '192.0.2.1')));
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(12);
  });

  test('is forgotten with a success, and successes are not counted', async () => {
    for (let round = 0; round < 3; round++) {
      for (let attempt = 0; attempt < 9; attempt++) await fail(user.email, '192.0.2.1');
      expect((await succeed('192.0.2.1')).status).toBe(200);
    }
    const office = await Promise.all(Array.from({ length: 30 }, () => succeed('192.0.2.9')));
    expect(office.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('a session', () => {
  test('ends with log-out', async () => {
    const response = await logIn(user);
    const api = signedIn(response);
    await api.deleteSession({});
    await expect(api.getSession({})).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(sessions()).toEqual([]);
  });

  test('is extended when it is used, and its cookie with it', async () => {
    const response = await logIn(user);
    const cookie = cookieOf(response).split(';')[0] ?? '';
    const shorten = (ms: number) =>
      app.database.prepare('update sessions set expires_at = expires_at - ?').run(ms);
    const use = () => fetch(`${app.url}/api/session`, { headers: { cookie } });
    shorten(2 * 86_400_000);
    expect(cookieOf(await use())).toMatch(`${cookie}; Max-Age=2592000`);
    expect(cookieOf(await use())).toBe('');
  });

  test('that has expired is none, and is removed', async () => {
    const api = signedIn(await logIn(user));
    app.database.prepare('update sessions set expires_at = ?').run(Date.now() - 1);
    await expect(api.getSession({})).rejects.toMatchObject({ code: 'unauthenticated' });
    await app.services.accounts.removeExpiredSessions();
    expect(sessions()).toEqual([]);
  });
});
