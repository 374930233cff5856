import type { Update } from '../../messages/update.ts';
import type { StoredEvent } from '../transport.ts';
import type { HistoryRow, StoredUpdate } from './history.ts';

export function toRow({ id, topics, type, retry, data, private: isPrivate }: Update): StoredUpdate {
  return {
    id,
    topics: JSON.stringify(topics),
    type: type ?? null,
    retry: retry ?? null,
    private: isPrivate ? 1 : 0,
    data,
  };
}

/** The fields were checked before they were stored. */
export function fromRow({ position, id, topics, type, retry, data, ...row }: HistoryRow): StoredEvent {
  return {
    position: BigInt(position),
    update: {
      id,
      topics: JSON.parse(topics),
      data,
      private: row.private === 1,
      ephemeral: false,
      ...(type !== null && { type }),
      ...(retry !== null && { retry }),
    },
  };
}

/** About what an update takes while it waits, in bytes. */
export function bytesOfUpdate({ id, topics, data }: Update): number {
  return Buffer.byteLength(data) + id.length + topics.reduce((sum, topic) => sum + topic.length, 0);
}
