/** The `error` of a Bearer challenge (RFC 6750 section 3.1). */
type Challenge = 'none' | 'bare' | 'invalid_request' | 'invalid_token' | 'insufficient_scope';

interface ErrorKind {
  readonly status: number;
  readonly title: string;
  /** What `WWW-Authenticate: Bearer` says, where the answer carries one. Default: `none`. */
  readonly challenge?: Challenge;
}

/** Every failure the hub reports, by its stable code. A code is never given another meaning. */
export const HUB_ERRORS = {
  invalid_encoding: { status: 400, title: 'The parameters are not UTF-8 form encoding' },
  path_invalid: { status: 400, title: 'The path of the subscriptions cannot be understood' },
  matcher_missing: { status: 400, title: 'No topic to subscribe to' },
  matcher_invalid: { status: 400, title: 'A topic matcher cannot be used' },
  matcher_unsupported: { status: 400, title: 'A topic matcher asks for more than the hub can do' },
  too_many_matchers: { status: 400, title: 'Too many topic matchers' },
  topic_missing: { status: 400, title: 'An update needs a topic' },
  topic_invalid: { status: 400, title: 'A topic cannot be used' },
  update_invalid: { status: 400, title: 'A field of the update cannot be used' },
  credentials_malformed: {
    status: 400,
    title: 'The credentials are malformed',
    challenge: 'invalid_request',
  },
  token_missing: { status: 401, title: 'A token is needed', challenge: 'bare' },
  token_invalid: { status: 401, title: 'The token cannot be accepted', challenge: 'invalid_token' },
  scope_insufficient: {
    status: 403,
    title: 'The token does not allow this',
    challenge: 'insufficient_scope',
  },
  origin_refused: { status: 403, title: 'Publishing with a cookie is not allowed from here' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  update_too_large: { status: 413, title: 'The update is too large' },
  query_too_large: { status: 413, title: 'The query is too large' },
  media_type_unsupported: { status: 415, title: 'The body must be form-encoded' },
  too_many_connections: { status: 429, title: 'Too many connections' },
  internal: { status: 500, title: 'The hub failed' },
  body_consumed: { status: 500, title: 'Something read the request body before the hub' },
  keys_unavailable: { status: 503, title: 'The keys to verify tokens cannot be fetched' },
  transport_unavailable: { status: 503, title: 'The hub cannot store or deliver updates' },
  hub_closed: { status: 503, title: 'The hub is shutting down' },
  /** Thrown while starting, never sent. */
  options_invalid: { status: 500, title: 'The hub cannot start with these options' },
  /** Thrown while starting, never sent. */
  history_locked: { status: 500, title: 'The history is in use' },
  /** Thrown while starting, never sent. */
  history_unusable: { status: 500, title: 'The history cannot be used' },
  /** Thrown while starting, never sent. */
  key_weak: { status: 500, title: 'A key is too short' },
  /** Thrown while starting, never sent. */
  key_invalid: { status: 500, title: 'A key cannot be used' },
} as const satisfies Record<string, ErrorKind>;

export type HubErrorCode = keyof typeof HUB_ERRORS;

export interface HubErrorDetails {
  /** Header fields that go with the answer, for example `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the log may know but a stranger may not, for example which keys the hub has. */
  readonly reason?: string;
}

/** A failure with a stable `code`, the HTTP `status` it is answered with, and a `message` fit for the client. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: HubErrorCode;
  readonly status: number;
  readonly title: string;
  readonly challenge: Challenge;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string | undefined;

  constructor(code: HubErrorCode, message: string, { headers = {}, reason }: HubErrorDetails = {}) {
    super(message);
    const kind: ErrorKind = HUB_ERRORS[code];
    this.code = code;
    this.status = kind.status;
    this.title = kind.title;
    this.challenge = kind.challenge ?? 'none';
    this.headers = headers;
    this.reason = reason;
  }
}
