import type { RequestError } from '@cahier/protocol';
import type { ProviderState } from '@cahier/y-mercure';
import { failureText } from '../../ui/failure.ts';
import { waitingTime } from '../../ui/waiting-time.ts';

/** How things stand with what was typed, in words. `calm`: everything is as it should be. */
export interface StatusText {
  readonly text: string;
  readonly tone: 'calm' | 'delayed' | 'busy' | 'warning';
  /** More, for whoever wants to know. */
  readonly note?: string;
}

/**
 * What the status line says. "Saved" means: committed on the server's disk, every edit of it.
 *
 * @param state - of the provider
 * @param writes - whether this person can change the document: to a reader, "Saved" would say nothing
 * @param cutOff - whether the edits of others have not arrived for so long that it has to be said
 * @returns `null` where there is nothing to say
 */
export function statusText(state: ProviderState, writes: boolean, cutOff: boolean): StatusText | null {
  switch (state.phase) {
    case 'loading':
    case 'failed':
      return null;
    case 'ended':
      return state.unsent === 0 ? null : { text: `${edits(state.unsent)} not saved`, tone: 'warning' };
    case 'live':
      if (state.save === 'offline') return unsaved(state);
      if (state.save === 'saving') return { text: 'Saving…', tone: 'busy' };
      if (state.stream === 'polling') {
        return {
          text: writes ? 'Saved · delayed' : 'Delayed',
          tone: 'delayed',
          note: 'Live updates do not come through at the moment. What others write appears every few seconds.',
        };
      }
      if (cutOff) return { text: 'Reconnecting…', tone: 'warning' };
      return writes ? { text: 'Saved', tone: 'calm' } : null;
  }
}

/** What could not be sent yet. It is kept, and tried again. */
function unsaved({ unsent, kept, problem }: Extract<ProviderState, { phase: 'live' }>): StatusText {
  if (problem === null || isAway(problem)) {
    return {
      text: `Offline: ${edits(unsent)} waiting`,
      tone: 'warning',
      note: `${kept ? 'They are kept on this device, and' : 'Keep this page open: they are'} sent when the server can be reached again.`,
    };
  }
  return {
    text: `Not saved: ${edits(unsent)} waiting`,
    tone: 'warning',
    note: `${reason(problem)} It is tried again by itself.`,
  };
}

/** Whether the server is simply not there: no answer, or a proxy that gives one in its place. */
const isAway = ({ code, status = 0 }: RequestError) =>
  code === 'unreachable' || code === 'shutting_down' || (code === 'unexpected_response' && status >= 500);

function reason(problem: RequestError): string {
  const { code, status, retryAfterSeconds } = problem;
  if (status === 413) return 'The network does not let so large an edit through.';
  if (status === 429) {
    const wait = retryAfterSeconds === undefined ? '' : `: ${waitingTime(retryAfterSeconds)}`;
    return `The server asks to wait a little${wait}.`;
  }
  if (code === 'unexpected_response') {
    return 'Something else than Cahier answers. Perhaps this network wants you to log in to it first.';
  }
  return failureText(problem);
}

const edits = (count: number) => `${count} ${count === 1 ? 'edit' : 'edits'}`;
