import type { ProviderState } from '@cahier/y-mercure';

type Ended = Extract<ProviderState, { phase: 'ended' }>;

export interface EndedText {
  readonly title: string;
  readonly explanation: string;
}

/**
 * Why nobody can type any more in a document that is still on the screen, and what becomes of what they typed last.
 *
 * @returns `null` while there is nothing to explain: somebody who was logged out is asked for their password instead
 */
export function endedText({ reason, unsent, error }: Ended): EndedText | null {
  const saved = unsent === 0;
  const lost = `Your last ${unsent === 1 ? 'edit' : `${unsent} edits`} could not be saved. The text below still has ${unsent === 1 ? 'it' : 'them'}: copy what you need before you leave.`;
  switch (reason) {
    case 'access_withdrawn':
      return {
        title: 'You no longer have access to this document',
        explanation: saved ? 'It is not shared with you any more. What you wrote was saved.' : lost,
      };
    case 'trashed':
      return {
        title: 'This document was moved to the trash',
        explanation: saved ? 'Everything in it was saved.' : lost,
      };
    case 'read_only':
      return {
        title: 'You can no longer edit this document',
        explanation: saved ? 'You can still read it.' : lost,
      };
    case 'refused':
      return {
        title: 'The server does not accept this edit',
        explanation: `${error === null ? '' : `${error.message}. `}${saved ? '' : lost}`.trim(),
      };
    case 'logged_out':
    case 'closed':
      return null;
  }
}
