import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { AccessRequestRepository } from './db/access-requests.ts';
import { AccountRepository } from './db/accounts.ts';
import { DocumentRepository } from './db/documents.ts';
import { openDb } from './db/index.ts';
import { AccessRequests } from './domain/access-requests.ts';
import { Accounts } from './domain/accounts.ts';
import { Documents } from './domain/documents.ts';
import { seedUsers } from './domain/seed.ts';
import { bringOverFormerDocuments, type DocumentLog, openLog } from './log/index.ts';
import { Announcements } from './realtime/announcements.ts';
import { type OpenHub, openHub } from './realtime/open-hub.ts';
import { PresenceTable } from './realtime/presence.ts';
import { Publisher } from './realtime/publisher.ts';
import { SUBSCRIBER_TOKEN_LIFETIME_S, SubscriberTokens } from './realtime/tokens.ts';
import { ComparisonStatistics } from './statistics/comparisons.ts';

/** Documents whose listeners are told at the start how far the log is. */
const MAX_RESUMED = 5_000;

/** Everything the application stands on; made once per process, or per test. */
export interface Services {
  readonly hub: OpenHub;
  readonly accountRepository: AccountRepository;
  readonly accounts: Accounts;
  readonly documents: Documents;
  readonly accessRequests: AccessRequests;
  readonly log: DocumentLog;
  readonly comparisons: ComparisonStatistics;
  readonly presence: PresenceTable;
  readonly publisher: Publisher;
  readonly tokens: SubscriberTokens;
  /**
   * To be called when the server listens. The streams of a hub that runs elsewhere outlive this process: their listeners
   * are told how far the logs are, in case it ended before it could announce what it had committed.
   */
  resume(): Promise<void>;
  /** Ends all streams of the integrated hub; what has been committed is still announced before. */
  endStreams(): Promise<void>;
  /** Finishes what is being written and closes the database. To be called when no request is under way any more. */
  close(): Promise<void>;
}

interface ServiceOptions {
  readonly logger: Logger;
  /** The application's own address; asked for when it is needed, as the port may be chosen by the system. */
  readonly publicUrl: () => string;
  /** Called when a thread that nothing works without has ended, or the disk has failed. */
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
  const damaged = await bringOverFormerDocuments(db, config.dataDir, logger);
  const log = await openLog({
    dataDir: config.dataDir,
    damaged,
    logger,
    onCommitted: committed => announcements.add(...committed),
    onCrash,
  });

  const hub = openHub(config, {
    logger,
    publicUrl,
    onStreamChange: (isOpen, { connection }) => {
      if (isOpen) presence.streamOpened(connection);
      else presence.streamEnded(connection);
    },
  });
  const publisher = new Publisher(hub, publicUrl, logger);
  const announcements = new Announcements(publisher);
  const presence = new PresenceTable(publisher);
  const documentRepository = new DocumentRepository(db);
  const requests = new AccessRequestRepository(db);
  const accountRepository = new AccountRepository(db);
  const accounts = new Accounts(accountRepository);
  const documents = new Documents({
    documents: documentRepository,
    accessRequests: requests,
    accounts: accountRepository,
    log,
    publisher,
    presence,
  });

  return {
    hub,
    accountRepository,
    accounts,
    documents,
    accessRequests: new AccessRequests({ documents, requests, publisher }),
    log,
    comparisons: new ComparisonStatistics(),
    presence,
    publisher,
    tokens: new SubscriberTokens(config.hub.subscriberSecret, config.hub.publicUrl, publisher),
    async resume() {
      if (hub.handler) return;
      // Whoever listens has read the log when the stream opened, and no stream is older than its token.
      const since = Date.now() - SUBSCRIBER_TOKEN_LIFETIME_S * 1000;
      announcements.add(...(await documentRepository.writtenSince(since, MAX_RESUMED)));
    },
    async endStreams() {
      hub.stopRetrying?.();
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
