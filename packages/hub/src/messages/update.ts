import { HubError } from '../diagnostics/errors.ts';
import { createId } from './opaque-id.ts';
import { checkTopic, HUB_PATH, hasForbiddenCharacters } from './topic.ts';

/** The event id that stands for "before everything the hub has" (Mercure 1.0, "Reconnection"). */
export const EARLIEST = 'earliest';

/** Most topics of one update: the canonical one and its alternates. */
const MAX_TOPICS_PER_UPDATE = 100;
/** Longest `id` and longest `type`, in UTF-16 code units. */
const MAX_FIELD_LENGTH = 1_024;
/** A UTF-16 code unit takes at most so many bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
/** The event type that only the hub's own events carry (Mercure 1.0, "Publication"). */
export const RESERVED_TYPE = 'mercure';

/** A checked update, as it is stored and delivered. */
export interface Update {
  readonly id: string;
  /** The canonical topic, then its alternates. Never empty. */
  readonly topics: readonly string[];
  readonly data: string;
  /** Goes only to subscribers whose token covers one of the topics. */
  readonly private: boolean;
  /** Delivered to those who are connected and never stored; does not move anybody's `Last-Event-ID`. */
  readonly ephemeral: boolean;
  /** The SSE `event` field. */
  readonly type?: string;
  /** The SSE `retry` field, in milliseconds. */
  readonly retry?: number;
}

/** What a publisher gives. */
export interface UpdateDraft {
  /** The canonical topic, then its alternates. */
  readonly topics: string | readonly string[];
  /** Default: empty. CR and CRLF arrive as LF, as everywhere in Server-Sent Events. */
  readonly data?: string;
  /** Default: false. */
  readonly private?: boolean;
  /** Default: a random UUID as an IRI. */
  readonly id?: string;
  readonly type?: string;
  /** Milliseconds: a whole number that is not negative. */
  readonly retry?: number;
  /** Default: false. */
  readonly ephemeral?: boolean;
}

/**
 * Checks a draft by the rules of Mercure 1.0, "Publication", and gives it an id if it has none.
 *
 * @param maxDataBytes - longest `data`, in bytes of UTF-8
 * @param hubPath - the path of the hub's public URL: what is under it is reserved
 * @throws HubError `topic_missing`, `topic_invalid`, `update_invalid` or `update_too_large`
 */
export function createUpdate(draft: UpdateDraft, maxDataBytes: number, hubPath = HUB_PATH): Update {
  const topics = typeof draft.topics === 'string' ? [draft.topics] : [...new Set(draft.topics)];
  if (topics.length === 0) throw new HubError('topic_missing', 'Name at least one topic');
  if (topics.length > MAX_TOPICS_PER_UPDATE) {
    throw new HubError('update_too_large', `An update has at most ${MAX_TOPICS_PER_UPDATE} topics`);
  }
  for (const topic of topics) checkTopic(topic, hubPath);

  const { data = '', id, type, retry } = draft;
  if (!data.isWellFormed()) throw new HubError('update_invalid', 'data is not valid Unicode');
  // Most are so short that their bytes need no counting.
  if (data.length * MAX_BYTES_PER_UNIT > maxDataBytes && Buffer.byteLength(data) > maxDataBytes) {
    throw new HubError('update_too_large', `data has at most ${maxDataBytes} bytes`);
  }
  if (id !== undefined) checkId(id);
  if (type !== undefined) checkType(type);
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    throw new HubError('update_invalid', 'retry is a whole number of milliseconds');
  }
  return Object.freeze({
    id: id ?? createId(),
    topics: Object.freeze(topics),
    data,
    private: draft.private ?? false,
    ephemeral: draft.ephemeral ?? false,
    ...(type !== undefined && { type }),
    ...(retry !== undefined && { retry }),
  });
}

function checkId(id: string): void {
  checkField('id', id);
  if (id.startsWith('#')) throw new HubError('update_invalid', 'id cannot start with "#"');
  if (id === EARLIEST) throw new HubError('update_invalid', `The id "${EARLIEST}" is reserved`);
}

function checkType(type: string): void {
  checkField('type', type);
  if (type === RESERVED_TYPE) {
    throw new HubError('update_invalid', `The type "${RESERVED_TYPE}" is reserved for the hub's own events`);
  }
}

/** These become lines of the event stream: a line break would let a publisher forge whole fields. */
function checkField(name: string, value: string): void {
  if (value === '') throw new HubError('update_invalid', `${name} cannot be empty`);
  if (value.length > MAX_FIELD_LENGTH) {
    throw new HubError('update_too_large', `${name} has at most ${MAX_FIELD_LENGTH} characters`);
  }
  if (hasForbiddenCharacters(value)) {
    throw new HubError('update_invalid', `${name} cannot contain control or invisible format characters`);
  }
}
