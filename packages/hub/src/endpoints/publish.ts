import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorization } from '../authorization/authorization.ts';
import { HubError } from '../diagnostics/errors.ts';
import { type Form, readForm } from '../messages/form.ts';
import { createUpdate, type Update, type UpdateDraft } from '../messages/update.ts';

/** Percent-encoding makes up to three bytes of one; beside the data there is room for topics and the other fields. */
const ENCODING_FACTOR = 3;
const OTHER_FIELDS_BYTES = 256 * 1024;

export interface PublishOptions {
  readonly authorization: Authorization;
  /** Stores and delivers a checked update that its publisher may publish. */
  readonly publish: (update: Update) => Promise<void>;
  readonly maxUpdateBytes: number;
  readonly hubPath: () => string;
}

/** `POST` on the hub: checks the token and the update, stores it, and answers with its id. */
export function createPublishEndpoint({ authorization, publish, maxUpdateBytes, hubPath }: PublishOptions) {
  const maxBodyBytes = maxUpdateBytes * ENCODING_FACTOR + OTHER_FIELDS_BYTES;

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const grant = await authorization.publisher(request);
    const form = await readForm(request, maxBodyBytes, 'update_too_large');
    const update = createUpdate(draftFrom(form), maxUpdateBytes, hubPath());
    if (!grant.publish.matchesAll(update.topics)) {
      const uncovered = update.topics.filter(topic => !grant.publish.matches(topic));
      throw new HubError(
        'scope_insufficient',
        'The token does not allow publishing on every topic of the update',
        { reason: `It does not cover ${uncovered.map(topic => `"${topic}"`).join(', ')}` },
      );
    }
    await publish(update);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end(update.id);
  };
}

/** Fields that are not known are ignored, as are empty ones where emptiness means nothing. */
function draftFrom(form: Form): UpdateDraft {
  const id = form.get('id');
  const type = form.get('type');
  const retry = form.get('retry');
  if (retry !== undefined && !/^[0-9]+$/.test(retry)) {
    throw new HubError('update_invalid', 'retry consists of digits');
  }
  return {
    topics: form.getAll('topic'),
    data: form.get('data') ?? '',
    private: form.has('private'),
    ephemeral: form.has('ephemeral'),
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
    ...(retry !== undefined && { retry: Number(retry) }),
  };
}
