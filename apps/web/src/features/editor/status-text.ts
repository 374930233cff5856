import type { ProviderState } from '@cahier/y-mercure';

/** How things stand with what was typed, in words. `calm`: everything is as it should be. */
export interface StatusText {
  readonly text: string;
  readonly tone: 'calm' | 'busy' | 'warning';
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
      if (state.save === 'offline') {
        return { text: `Offline: ${edits(state.unsent)} waiting`, tone: 'warning' };
      }
      if (state.save === 'saving') return { text: 'Saving…', tone: 'busy' };
      if (cutOff) return { text: 'Reconnecting…', tone: 'warning' };
      return writes ? { text: 'Saved', tone: 'calm' } : null;
  }
}

const edits = (count: number) => `${count} ${count === 1 ? 'edit' : 'edits'}`;
