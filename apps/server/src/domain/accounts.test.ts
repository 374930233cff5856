import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../../test/support.ts';
import { AccountRepository } from '../db/accounts.ts';
import { openDb } from '../db/index.ts';
import { Accounts } from './accounts.ts';
import { seedUsers, TEST_PASSWORD } from './seed.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let db: Awaited<ReturnType<typeof openDb>>;
let accounts: Accounts;
let now: number;
let token: string;
let asked: number;

beforeEach(async () => {
  directory = await temporaryDirectory();
  db = await openDb(directory.path, error => {
    throw error;
  });
  await seedUsers(db);
  now = Date.now();
  const repository = new AccountRepository(db);
  const findSession = vi.spyOn(repository, 'findSession');
  accounts = new Accounts(repository, () => now);
  ({ token } = await accounts.logIn({ email: 'user@exelearning.net', password: TEST_PASSWORD }, 'here'));
  await accounts.findSession(token);
  asked = 0;
  findSession.mockImplementation(async function (this: AccountRepository, ...args) {
    const session = await AccountRepository.prototype.findSession.apply(repository, args);
    asked++;
    return session;
  });
});
afterEach(async () => {
  accounts.close();
  await db.destroy();
  await directory[Symbol.asyncDispose]();
});

test('a session in use is asked about beside the requests, once, and never has to be looked up', async () => {
  for (let second = 0; second < 30; second++) {
    now += 1_000;
    const before = asked;
    expect(accounts.recall(token)).toMatchObject({ email: 'user@exelearning.net' });
    accounts.recall(token);
    if (second % 8 === 7) await vi.waitFor(() => expect(asked).toBe(before + 1));
  }
  expect(asked).toBe(3);
});

test('a session that is not used is not asked about, and has to be looked up', async () => {
  now += 10_000;
  expect(accounts.recall(token)).toBeUndefined();
  expect(asked).toBe(0);
});

test('a session that has ended elsewhere is forgotten as soon as that is known', async () => {
  await db.deleteFrom('sessions').execute();
  now += 8_000;
  expect(accounts.recall(token)).toBeDefined();
  await vi.waitFor(() => expect(accounts.recall(token)).toBeUndefined());
});

test('a session that is to be extended is left to a request, which can say so', async () => {
  now += DAY_MS;
  const request = accounts.findSession(token);
  await expect(request).resolves.toMatchObject({ extended: true });

  now += DAY_MS - 2_000;
  await expect(accounts.findSession(token)).resolves.toMatchObject({ extended: false });
  now += 8_000;
  expect(accounts.recall(token)).toBeDefined();
  await vi.waitFor(() => expect(asked).toBe(3));
  now += 2_000;
  expect(accounts.recall(token)).toBeUndefined();
  await expect(accounts.findSession(token)).resolves.toMatchObject({ extended: true });
});
