import { z } from 'zod';
import { MAX_EMAIL_LENGTH, MAX_PASSWORD_LENGTH } from './limits.ts';

/** What everybody who shares a document with a person may know of them. */
export const personSchema = z
  .object({ id: z.uuid(), name: z.string(), email: z.string() })
  .meta({ id: 'Person' });

export type Person = z.infer<typeof personSchema>;

/** Addresses are compared without regard to case or surrounding space. */
export const emailSchema = z.string().trim().toLowerCase().max(MAX_EMAIL_LENGTH).pipe(z.email());

export const credentialsSchema = z
  .object({ email: emailSchema, password: z.string().min(1).max(MAX_PASSWORD_LENGTH) })
  .meta({ id: 'Credentials' });

export type Credentials = z.infer<typeof credentialsSchema>;

export const sessionSchema = z.object({ user: personSchema }).meta({ id: 'Session' });

export type Session = z.infer<typeof sessionSchema>;

/** What a browser needs to know before anybody has logged in. */
export const clientConfigSchema = z
  .object({
    environment: z.enum(['dev', 'prod']),
    documentSchema: z
      .int()
      .describe(
        'Version of what documents can be made of; a page that knows an older one should be reloaded',
      ),
    testUsers: z
      .array(z.object({ email: z.string(), password: z.string() }))
      .describe('The seeded users, to be shown on the log-in page; empty unless APP_ENV is dev'),
  })
  .meta({ id: 'ClientConfig' });

export type ClientConfig = z.infer<typeof clientConfigSchema>;

/**
 * Names, by their id, the person in whose name a request is made. Where somebody else is logged in by now (in another
 * tab, say), the request is refused as `unauthenticated` instead of being made in the name of the wrong one.
 */
export const PERSON_HEADER = 'cahier-person';
