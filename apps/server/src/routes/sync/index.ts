import type { Documents } from '../../domain/documents.ts';
import { type Handlers, RawJson } from '../../http/register.ts';
import type { PresenceTable } from '../../realtime/presence.ts';
import type { SubscriberTokens } from '../../realtime/tokens.ts';

interface SyncDependencies {
  readonly documents: Documents;
  readonly presence: PresenceTable;
  readonly tokens: SubscriberTokens;
}

export function syncHandlers({
  documents,
  presence,
  tokens,
}: SyncDependencies): Pick<Handlers, 'readLog' | 'sendUpdate' | 'subscribe' | 'sendPresence'> {
  return {
    async readLog({ person, params, query }) {
      return new RawJson(await documents.readLog(person, params.documentId, query.after));
    },

    async sendUpdate({ person, params, body }) {
      return { seq: await documents.append(person, params.documentId, body) };
    },

    async subscribe({ person, params }) {
      const { id, accessGeneration } = await documents.access(person, params.documentId, 'read');
      return tokens.issue(person.id, id, accessGeneration);
    },

    async sendPresence({ person, params, body }) {
      const { id, accessGeneration } = await documents.access(person, params.documentId, 'read');
      return { presences: presence.report(id, accessGeneration, person, body) };
    },
  };
}
