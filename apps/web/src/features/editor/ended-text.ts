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
export function endedText({ reason, unsent, error, kept, whole }: Ended): EndedText | null {
  const saved = unsent === 0;
  const lost = (regained: string) => {
    const { edits, them, are } = unsent === 1 ? ONE : severalOf(unsent);
    const where = whole
      ? `The text below still has ${them}, marked`
      : 'The document is not on this device any more; below are the words that you wrote';
    const next = kept
      ? `${them === 'it' ? 'It' : 'They'} ${are} kept on this device, and sent if ${regained}.`
      : 'Copy what you need before you leave.';
    return `Your last ${edits} could not be saved. ${where}. ${next}`;
  };
  switch (reason) {
    case 'access_withdrawn':
      return {
        title: 'You no longer have access to this document',
        explanation: `It is not shared with you any more, or was moved to the trash. ${saved ? 'What you wrote was saved.' : lost('you get access again')}`,
      };
    case 'trashed':
      return {
        title: 'This document was moved to the trash',
        explanation: saved ? 'Everything in it was saved.' : lost('it is restored'),
      };
    case 'read_only':
      return {
        title: 'You can no longer edit this document',
        explanation: saved ? 'You can still read it.' : lost('you can edit it again'),
      };
    case 'refused':
      return {
        title: 'The server does not accept this edit',
        explanation: `${error === null ? '' : `${error.message}. `}${saved ? '' : lost('')}`.trim(),
      };
    case 'logged_out':
    case 'closed':
      return null;
  }
}

const ONE = { edits: 'edit', them: 'it', are: 'is' };
const severalOf = (count: number) => ({ edits: `${count} edits`, them: 'them', are: 'are' });
