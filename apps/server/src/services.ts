import { mkdir } from 'node:fs/promises';
import { createHub, type Hub, type Logger as HubLogger } from '@cahier/hub';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { AccountRepository } from './db/accounts.ts';
import { DocumentRepository } from './db/documents.ts';
import { openDb } from './db/index.ts';
import { Accounts } from './domain/accounts.ts';
import { Documents } from './domain/documents.ts';
import { seedUsers } from './domain/seed.ts';
import { type DocumentLog, openLog } from './log/index.ts';
import { Announcements } from './realtime/announcements.ts';
import { PresenceTable } from './realtime/presence.ts';
import { Publisher } from './realtime/publisher.ts';
import { SubscriberTokens, streamPayload } from './realtime/tokens.ts';

/** Everything the application stands on; made once per process, or per test. */
export interface Services {
  readonly hub: Hub;
  readonly accountRepository: AccountRepository;
  readonly accounts: Accounts;
  readonly documents: Documents;
  readonly log: DocumentLog;
  readonly presence: PresenceTable;
  readonly tokens: SubscriberTokens;
  /** Ends all streams; what has been committed is still announced before. */
  endStreams(): Promise<void>;
  /** Finishes what is being written and closes the database. To be called when no request is under way any more. */
  close(): Promise<void>;
}

interface ServiceOptions {
  readonly logger: Logger;
  /** The application's own address; asked for when it is needed, as the port may be chosen by the system. */
  readonly publicUrl: () => string;
  /** Called when a thread that nothing works without has ended. */
  readonly onCrash: (error: Error) => void;
}

/** @throws Error when the data directory cannot be used */
export async function openServices(
  config: Config,
  { logger, publicUrl, onCrash }: ServiceOptions,
): Promise<Services> {
  await mkdir(config.dataDir, { recursive: true });
  const db = await openDb(config.dataDir, onCrash);
  if (config.seedUsers) await seedUsers(db);
  const log = await openLog({ dataDir: config.dataDir, logger, onCrash });

  const hub = createHub({
    publicUrl,
    publisherKey: { secret: config.hub.publisherSecret },
    subscriberKey: { secret: config.hub.subscriberSecret },
    anonymous: config.hub.anonymous,
    logger: hubLogger(logger),
    onSubscriptionChange: ({ active, payload }) => {
      const stream = streamPayload(payload);
      if (!stream) return;
      if (active) presence.streamOpened(stream.connection);
      else presence.streamEnded(stream.connection, stream.documentId);
    },
  });
  const publisher = new Publisher(hub, publicUrl, logger);
  const announcements = new Announcements(publisher);
  const presence = new PresenceTable(publisher);
  const accountRepository = new AccountRepository(db);
  const accounts = new Accounts(accountRepository);

  return {
    hub,
    accountRepository,
    accounts,
    documents: new Documents({
      documents: new DocumentRepository(db),
      accounts: accountRepository,
      log,
      publisher,
      announcements,
      presence,
    }),
    log,
    presence,
    tokens: new SubscriberTokens(config.hub.subscriberSecret, publisher),
    async endStreams() {
      await presence.close();
      await announcements.drain();
      await hub.close();
    },
    async close() {
      accounts.close();
      await log.close();
      await db.destroy();
    },
  };
}

/** The hub names the message first, pino the details. */
function hubLogger(logger: Logger): HubLogger {
  const log = logger.child({ part: 'hub' });
  return {
    debug: (message, details = {}) => log.debug(details, message),
    info: (message, details = {}) => log.info(details, message),
    warn: (message, details = {}) => log.warn(details, message),
    error: (message, details = {}) => log.error(details, message),
  };
}
