import { z } from 'zod';

/**
 * Every way a request can fail, by its stable code: the HTTP status and a title fit for showing to a person.
 * A code is never renamed or reused for something else; add a new one instead.
 */
export const errors = {
  invalid_request: { status: 400, title: 'Something in the request is not as it should be' },
  malformed_json: { status: 400, title: 'The request body is not valid JSON' },
  unauthenticated: { status: 401, title: 'Please log in first' },
  invalid_credentials: { status: 401, title: 'That e-mail address and password do not match' },
  cross_origin_refused: { status: 403, title: 'Requests from another site are refused' },
  forbidden: { status: 403, title: 'Your role on this document does not allow that' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  document_not_found: { status: 404, title: 'This document does not exist, or is not shared with you' },
  user_not_found: { status: 404, title: 'Nobody here has that e-mail address' },
  member_not_found: { status: 404, title: 'That person is not a member of this document' },
  access_request_not_found: { status: 404, title: 'That person does not ask for access to this document' },
  method_not_allowed: { status: 405, title: 'This address does not support that method' },
  already_member: { status: 409, title: 'That person is already a member of this document' },
  owner_is_fixed: { status: 409, title: 'The owner of a document cannot be changed or removed' },
  document_in_trash: { status: 409, title: 'This document is in the trash' },
  update_missing_dependencies: {
    status: 409,
    title: 'The edit builds on edits that this document does not have',
  },
  batch_conflict: { status: 409, title: 'This batch identifier was already used for a different edit' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  update_too_large: { status: 413, title: 'The edit is too large to be taken in one piece' },
  unsupported_media_type: { status: 415, title: 'The request body must be JSON' },
  update_malformed: { status: 422, title: 'The edit is not a well-formed Yjs update' },
  update_foreign: { status: 422, title: 'The edit does not belong to a document of this kind' },
  too_many_attempts: { status: 429, title: 'Too many attempts; please wait a little' },
  internal_error: { status: 500, title: 'Something went wrong on the server' },
  storage_unavailable: {
    status: 503,
    title: 'The server cannot write to its disk at the moment; nothing was saved',
  },
  document_damaged: {
    status: 503,
    title:
      'The server cannot read this document; whoever runs it has been told, and nothing in it is changed',
  },
  shutting_down: { status: 503, title: 'The server is restarting' },
} as const satisfies Record<string, { status: number; title: string }>;

/** A stable error code, the last path segment of a problem's `type`. */
export type ErrorCode = keyof typeof errors;

export const errorCodes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

/** Problem details (RFC 9457). `code` is the stable part; `detail` is for people and may change. */
export const problemSchema = z
  .object({
    type: z.string().describe('A URI reference that names the kind of problem: /problems/{code}'),
    title: z.string(),
    status: z.int(),
    code: z.enum(errorCodes),
    detail: z.string().optional(),
    /** Where the request is wrong: a JSON Pointer (RFC 6901) into the body, or the parameter's name. */
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    retryAfterSeconds: z.int().nonnegative().optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
