import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNginx, freePort, type Nginx, startNginx } from '@cahier/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { type ProgramProcess, startProgramProcess } from '../program-process.ts';
import { describeConformance } from './suite.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const environment = {
  MERCURE_JWT_SECRET_KEY: secret,
  MERCURE_ANONYMOUS: 'true',
  MERCURE_SUBSCRIPTIONS: 'true',
};
const common = { secret, anonymous: true, subscriptions: true };

describe('the program', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hub-conformance-'));
  let program: ProgramProcess;
  beforeAll(async () => {
    const port = await freePort();
    program = await startProgramProcess({
      ...environment,
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      MERCURE_TRANSPORT_URL: `sqlite:${join(directory, 'history.db')}`,
    });
  });
  afterAll(async () => {
    await program.stop();
    rmSync(directory, { recursive: true });
  });
  describeConformance('the program with its history in SQLite', () => ({ url: program.url, ...common }));
});

const nginxPath = findNginx();
describe.skipIf(nginxPath === undefined)('the program behind nginx', () => {
  let program: ProgramProcess;
  let nginx: Nginx;
  beforeAll(async () => {
    const port = await freePort();
    program = await startProgramProcess({ ...environment, PUBLIC_URL: `http://127.0.0.1:${port}` });
    nginx = await startNginx({ nginx: nginxPath ?? '', port, upstream: new URL(program.url).host });
  });
  afterAll(async () => {
    await nginx?.[Symbol.asyncDispose]();
    await program.stop();
  });
  describeConformance('the program behind nginx', () => ({ url: nginx.url, ...common }));
});
