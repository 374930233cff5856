import { MercureError, refusal } from './errors.ts';
import { hubUrl } from './target.ts';

export interface Publication {
  /** The hub's URL. */
  hub: string | URL;
  /** A publisher token (JWT), sent as a bearer token. Without it a cookie has to authorise us. */
  token?: string;
  /** The topic, or the canonical topic and its alternates. At least one. */
  topics: string | readonly string[];
  /** Default: empty. CR and CRLF arrive as LF (Mercure specification, section "Publication"). */
  data?: string;
  /** Only for subscribers whose token names one of the topics. Default: false. */
  private?: boolean;
  /**
   * Delivered live and kept in no history, by hubs that know the field (`@cahier/hub`); others ignore it and treat the
   * update like any other. Default: false.
   */
  ephemeral?: boolean;
  /** The update's id. Default: the hub chooses. */
  id?: string;
  /** The SSE event type. Default: none (`message`). */
  type?: string;
  /** The reconnection time to tell subscribers. */
  retryMs?: number;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
  signal?: AbortSignal;
}

/**
 * Publishes one update.
 *
 * @returns the update's id
 * @throws {@link MercureError} `refused` with the status and the hub's explanation, or `unreachable`; the signal's
 *   reason when aborted; TypeError when no topic is named
 */
export async function publish(publication: Publication): Promise<string> {
  const url = hubUrl(publication.hub);
  const topics = typeof publication.topics === 'string' ? [publication.topics] : publication.topics;
  if (topics.length === 0) throw new TypeError('An update needs at least one topic');
  const body = new URLSearchParams(topics.map((topic): [string, string] => ['topic', topic]));
  body.set('data', publication.data ?? '');
  if (publication.private === true) body.set('private', 'on');
  if (publication.ephemeral === true) body.set('ephemeral', 'on');
  if (publication.id !== undefined) body.set('id', publication.id);
  if (publication.type !== undefined) body.set('type', publication.type);
  if (publication.retryMs !== undefined) body.set('retry', String(publication.retryMs));
  const { signal } = publication;

  let response: Response;
  try {
    response = await (publication.fetch ?? fetch)(url, {
      method: 'POST',
      body,
      headers: publication.token === undefined ? {} : { authorization: `Bearer ${publication.token}` },
      cache: 'no-store',
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new MercureError('unreachable', 'The hub cannot be reached', { cause });
  }
  if (!response.ok) throw await refusal(response);
  return (await response.text()).trim();
}
