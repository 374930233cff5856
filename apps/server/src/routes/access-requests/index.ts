import type { AccessRequests } from '../../domain/access-requests.ts';
import type { Handlers } from '../../http/register.ts';

export function accessRequestHandlers(
  requests: AccessRequests,
): Pick<Handlers, 'requestAccess' | 'listAccessRequests' | 'grantAccess' | 'declineAccess'> {
  return {
    async requestAccess({ person, params }) {
      await requests.request(person, params.documentId);
    },

    async listAccessRequests({ person, params }) {
      return { requests: await requests.list(person, params.documentId) };
    },

    async grantAccess({ person, params, body }) {
      return requests.grant(person, params.documentId, params.userId, body.role);
    },

    async declineAccess({ person, params }) {
      await requests.decline(person, params.documentId, params.userId);
    },
  };
}
