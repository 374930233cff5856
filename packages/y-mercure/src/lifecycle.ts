import type { RequestError } from '@cahier/protocol';
import type { Outbox } from './outbox.ts';
import type { Reception } from './reception.ts';
import type { EndReason, ProviderState } from './state.ts';

/** Where a provider stands, without what its parts know better. */
export type Lifecycle =
  | { phase: 'loading' }
  | { phase: 'failed'; error: RequestError; retryAt: number | null }
  | { phase: 'live' }
  | { phase: 'ended'; reason: EndReason; error: RequestError | null; whole: boolean };

/** Who is only to log in again, or may go on reading, has not lost the document. */
export const isLoss = (reason: EndReason) => reason === 'access_withdrawn' || reason === 'trashed';

/** Whether it goes on only when it is told to. */
export function hasStopped(lifecycle: Lifecycle): boolean {
  return (
    (lifecycle.phase === 'failed' && lifecycle.retryAt === null) ||
    (lifecycle.phase === 'ended' && lifecycle.reason !== 'closed')
  );
}

/** What is shown of it. */
export function stateOf(
  lifecycle: Lifecycle,
  { status, size, problem, isKept }: Outbox,
  reception: Reception,
): ProviderState {
  switch (lifecycle.phase) {
    case 'live':
      return { phase: 'live', save: status, unsent: size, kept: isKept, stream: reception.status, problem };
    case 'ended':
      return { ...lifecycle, unsent: size, kept: isKept && lifecycle.reason !== 'refused' };
    default:
      return lifecycle;
  }
}
