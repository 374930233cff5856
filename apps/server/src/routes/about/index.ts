import { DOCUMENT_SCHEMA_VERSION } from '@cahier/editor-schema';
import { errors } from '@cahier/protocol';
import type { IRouter } from 'express';
import type { AccountRepository } from '../../db/accounts.ts';
import { TEST_PASSWORD, testUsers } from '../../domain/seed.ts';
import { CodedError } from '../../errors.ts';
import { describeApi } from '../../http/openapi.ts';
import type { Handlers } from '../../http/register.ts';

/** A database that takes longer than this to answer is not healthy. */
const HEALTH_TIMEOUT_MS = 2_000;

interface AboutDependencies {
  readonly environment: 'dev' | 'prod';
  readonly usersAreSeeded: boolean;
}

export function configHandlers({
  environment,
  usersAreSeeded,
}: AboutDependencies): Pick<Handlers, 'getConfig'> {
  const shown = environment === 'dev' && usersAreSeeded ? testUsers : [];
  return {
    async getConfig() {
      return {
        environment,
        documentSchema: DOCUMENT_SCHEMA_VERSION,
        testUsers: shown.map(({ email }) => ({ email, password: TEST_PASSWORD })),
      };
    },
  };
}

/** What is not part of the API: its description, the server's health, the meaning of error codes. */
export function registerAbout(router: IRouter, accounts: AccountRepository, publicUrl: () => string): void {
  router.get('/healthcheck', async (_request, response) => {
    try {
      await Promise.race([accounts.ping(), rejectAfter(HEALTH_TIMEOUT_MS)]);
    } catch (cause) {
      throw new CodedError('storage_unavailable', { detail: 'The database does not answer', cause });
    }
    response.set('cache-control', 'no-store').json({ status: 'ok' });
  });

  router.get('/api/openapi.json', (_request, response) => {
    response.set('cache-control', 'no-cache').json(describeApi(publicUrl()));
  });

  router.get('/problems/:code', (request, response, next) => {
    const { code } = request.params;
    if (!Object.hasOwn(errors, code)) return next();
    const { status, title } = errors[code as keyof typeof errors];
    response.type('text/plain').send(`${code} (HTTP status ${status})\n\n${title}.\n`);
  });
}

function rejectAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms).unref();
  });
}
