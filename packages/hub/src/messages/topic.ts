import { HubError } from '../diagnostics/errors.ts';

/** Where the hub answers, below the prefix it may be reached under (Mercure 1.0, "Hub Discovery"). */
export const HUB_PATH = '/.well-known/mercure';
/** Where the active subscriptions are listed (Mercure 1.0 and 0.x, "Subscription API"). */
export const SUBSCRIPTIONS_PATH = `${HUB_PATH}/subscriptions`;

/** Longest topic or topic matcher, in UTF-16 code units. */
export const MAX_TOPIC_LENGTH = 2_048;

/** Stands in for the hub's origin where only paths matter. */
const ANY_ORIGIN = 'https://hub.invalid';

/** Topics that have passed the check, since most are published on again and again; longer ones are checked each time. */
const MAX_PASSED_TOPICS = 20_000;
const MAX_PASSED_TOPIC_LENGTH = 256;
const passed = { hubPath: HUB_PATH, topics: new Set<string>() };

/** True when `text` has a control character, an invisible format character (category Cf) or half a surrogate pair. */
export function hasForbiddenCharacters(text: string): boolean {
  return !text.isWellFormed() || /[\p{Cc}\p{Cf}]/u.test(text);
}

/**
 * Checks a topic an update is published on (Mercure 1.0, "Terminology" and "Publication").
 *
 * @param hubPath - the path of the hub's public URL, which ends in {@link HUB_PATH}
 * @throws HubError `topic_invalid` (or `update_too_large` for the length, as "Publication" wants it)
 */
export function checkTopic(topic: string, hubPath: string): void {
  if (hubPath === passed.hubPath && passed.topics.has(topic)) return;
  if (topic === '') throw new HubError('topic_invalid', 'A topic cannot be empty');
  if (topic.length > MAX_TOPIC_LENGTH) {
    throw new HubError('update_too_large', `A topic has at most ${MAX_TOPIC_LENGTH} characters`);
  }
  if (topic === '*') {
    throw new HubError('topic_invalid', 'The topic "*" is reserved: as a matcher it stands for every topic');
  }
  if (hasForbiddenCharacters(topic)) {
    throw new HubError('topic_invalid', 'A topic cannot contain control or invisible format characters');
  }
  if (isReserved(topic, HUB_PATH) || isReserved(topic, hubPath)) {
    throw new HubError('topic_invalid', `Topics under ${hubPath} are reserved for the hub itself`);
  }
  rememberPassed(topic, hubPath);
}

function rememberPassed(topic: string, hubPath: string): void {
  if (topic.length > MAX_PASSED_TOPIC_LENGTH) return;
  if (passed.topics.size >= MAX_PASSED_TOPICS || passed.hubPath !== hubPath) passed.topics.clear();
  passed.hubPath = hubPath;
  // A copy: the string may be a part of a much longer one, which would stay in memory with it.
  passed.topics.add(Buffer.from(topic).toString());
}

/** Whether a topic names something under the hub's path, once resolved and normalised, on whatever origin. */
function isReserved(topic: string, hubPath: string): boolean {
  const url = URL.parse(topic, ANY_ORIGIN + hubPath);
  if (url === null) return false;
  const path = decodeUnreserved(url.pathname);
  return path === hubPath || path.startsWith(`${hubPath}/`);
}

/** Decodes the percent-encoded characters that never needed it (RFC 3986 section 6.2.2.2). */
function decodeUnreserved(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}/g, encoded => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded;
  });
}
