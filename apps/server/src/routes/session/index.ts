import type { Accounts } from '../../domain/accounts.ts';
import type { Handlers } from '../../http/register.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../../http/session-cookie.ts';

export function sessionHandlers(
  accounts: Accounts,
): Pick<Handlers, 'createSession' | 'getSession' | 'deleteSession'> {
  return {
    async createSession({ body, request, response }) {
      const before = readSessionCookie(request);
      const { token, person } = await accounts.logIn(body, request.ip ?? '');
      if (before !== undefined) await accounts.logOut(before);
      setSessionCookie(request, response, token);
      return { user: person };
    },

    async getSession({ person }) {
      return { user: person };
    },

    async deleteSession({ request, response }) {
      const token = readSessionCookie(request);
      if (token !== undefined) await accounts.logOut(token);
      clearSessionCookie(request, response);
    },
  };
}
