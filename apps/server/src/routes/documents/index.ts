import type { Documents } from '../../domain/documents.ts';
import type { Handlers } from '../../http/register.ts';

export function documentHandlers(
  documents: Documents,
): Pick<
  Handlers,
  'listDocuments' | 'createDocument' | 'getDocument' | 'renameDocument' | 'trashDocument' | 'restoreDocument'
> {
  return {
    async listDocuments({ person, query }) {
      return { documents: await documents.list(person, query.trash === 'true') };
    },

    async createDocument({ person, body, response }) {
      const document = await documents.create(person, body.title);
      response.location(`/api/documents/${document.id}`);
      return document;
    },

    async getDocument({ person, params }) {
      return documents.get(person, params.documentId);
    },

    async renameDocument({ person, params, body }) {
      return documents.rename(person, params.documentId, body.title);
    },

    async trashDocument({ person, params }) {
      await documents.trash(person, params.documentId);
    },

    async restoreDocument({ person, params }) {
      return documents.restore(person, params.documentId);
    },
  };
}
