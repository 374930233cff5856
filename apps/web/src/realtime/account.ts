import { type ApiClient, createApiClient, PERSON_HEADER } from '@cahier/protocol';
import { createSharedStreams, type SharedStreams } from '@cahier/y-mercure';

/** What one person's open documents go through. */
export interface Account {
  readonly userId: string;
  /** Requests in this person's name, never in that of somebody who has logged in since, in another tab. */
  readonly api: ApiClient;
  /** One event stream for all tabs of this person. */
  readonly streams: SharedStreams;
}

let current: Account | undefined;

/** The account of whoever is logged in here: one at a time. */
export function accountOf(userId: string): Account {
  if (current?.userId !== userId) {
    current?.streams.close();
    const api = createApiClient({ headers: { [PERSON_HEADER]: userId } });
    current = { userId, api, streams: createSharedStreams({ userId, api }) };
  }
  return current;
}
