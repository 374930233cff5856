import type { Logger } from 'pino';
import type { Documents } from '../../domain/documents.ts';
import { type Handlers, RawJson } from '../../http/register.ts';
import type { PresenceTable } from '../../realtime/presence.ts';
import type { Publisher } from '../../realtime/publisher.ts';
import type { SubscriberTokens } from '../../realtime/tokens.ts';
import type { ComparisonStatistics } from '../../statistics/comparisons.ts';

interface SyncDependencies {
  readonly documents: Documents;
  readonly presence: PresenceTable;
  readonly publisher: Publisher;
  readonly tokens: SubscriberTokens;
  readonly comparisons: ComparisonStatistics;
  readonly logger: Logger;
}

export function syncHandlers({
  documents,
  presence,
  publisher,
  tokens,
  comparisons,
  logger,
}: SyncDependencies): Pick<
  Handlers,
  'readLog' | 'compareDocument' | 'listAuthors' | 'sendUpdate' | 'subscribe' | 'requestEcho' | 'sendPresence'
> {
  return {
    async readLog({ person, params, query }) {
      return new RawJson(await documents.readLog(person, params.documentId, query.after));
    },

    async compareDocument({ person, params, body: { seq, digest, mended } }) {
      const { documentId } = params;
      const verdict = await documents.compare(person, documentId, seq, digest);
      const isAhead = verdict === 'different' && (mended === 'ahead' || mended === 'diverged');
      const isHeldByReader = isAhead && !(await documents.mayWrite(person, documentId));
      comparisons.count(verdict, mended, isHeldByReader);
      if (isHeldByReader) {
        logger.warn({ documentId, reader: person.id }, 'a reader holds edits that the log lacks');
      }
      return { verdict };
    },

    async listAuthors({ person, params, query }) {
      return { authors: await documents.authors(person, params.documentId, query.after) };
    },

    async sendUpdate({ person, params, body }) {
      return { seq: await documents.append(person, params.documentId, body) };
    },

    async subscribe({ person, body }) {
      const { granted, refused } = await documents.listen(person, body.documents);
      return { ...(await tokens.issue(person.id, granted)), refused };
    },

    async requestEcho({ person, body }) {
      // Nobody waits for a slow hub: that is what the echo is to find out.
      void publisher.echo(person.id, body.connection, body.nonce);
    },

    async sendPresence({ person, params, body }) {
      const { id, accessGeneration } = await documents.access(person, params.documentId, 'read');
      return { presences: presence.report(id, accessGeneration, person, body) };
    },
  };
}
