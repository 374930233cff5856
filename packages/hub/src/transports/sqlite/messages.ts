import { HubError, type HubErrorCode } from '../../diagnostics/errors.ts';
import type { HistoryBounds, HistoryRow, HistorySize, StoredUpdate } from './history.ts';

/** What a thread is started with. */
export interface HistoryThreadData {
  readonly file: string;
  readonly role: 'writer' | 'reader';
  readonly bounds: HistoryBounds;
}

/** What can be asked of the threads, and what they answer. The writer takes the first three, the reader the others. */
export interface HistoryCalls {
  commit: (updates: readonly StoredUpdate[]) => { first: number; more: boolean; size: HistorySize };
  discard: () => { more: boolean; size: HistorySize };
  probe: () => null;
  find: (id: string) => number | undefined;
  read: (request: { after: number; limit: number }) => HistoryRow[] | undefined;
}

export type CallName = keyof HistoryCalls;

export interface Call {
  readonly id: number;
  readonly name: CallName;
  readonly request: unknown;
}

/** Sent once when the history is open. */
export interface Opened {
  readonly lastEventId: string;
  readonly size: HistorySize;
}

export type Message =
  | { readonly kind: 'opened'; readonly opened: Opened }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure };

/** An error on its way between threads, where structured cloning would lose its code. */
export interface Failure {
  readonly code: HubErrorCode;
  readonly message: string;
}

/** @param code - what an error is called that is not of the hub */
export function describe(error: unknown, code: HubErrorCode): Failure {
  const { message } = error as Error;
  return error instanceof HubError ? { code: error.code, message } : { code, message };
}

export const revive = ({ code, message }: Failure): HubError => new HubError(code, message);
