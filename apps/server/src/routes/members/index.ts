import type { Documents } from '../../domain/documents.ts';
import type { Handlers } from '../../http/register.ts';

export function memberHandlers(
  documents: Documents,
): Pick<Handlers, 'listMembers' | 'addMember' | 'changeMember' | 'removeMember'> {
  return {
    async listMembers({ person, params }) {
      return { members: await documents.members(person, params.documentId) };
    },

    async addMember({ person, params, body }) {
      return documents.addMember(person, params.documentId, body.email, body.role);
    },

    async changeMember({ person, params, body }) {
      return documents.changeMember(person, params.documentId, params.userId, body.role);
    },

    async removeMember({ person, params }) {
      await documents.removeMember(person, params.documentId, params.userId);
    },
  };
}
