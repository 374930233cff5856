/**
 * Why the hub could not be used:
 * - `unreachable`: no answer came (no network, no hub, or none within the connect timeout);
 * - `refused`: the hub answered with an error status;
 * - `not_an_event_stream`: something answered 200 with another media type (a captive portal, a proxy's page);
 * - `ended`: the hub, or something on the way, ended an open stream;
 * - `silent`: nothing, not even a heartbeat, came for longer than the silence timeout;
 * - `event_too_large`: an event exceeded the size limit and was not delivered.
 */
export type MercureErrorCode =
  | 'unreachable'
  | 'refused'
  | 'not_an_event_stream'
  | 'ended'
  | 'silent'
  | 'event_too_large';

export class MercureError extends Error {
  override readonly name = 'MercureError';
  readonly code: MercureErrorCode;
  /** The HTTP status, where the hub answered. */
  readonly status: number | undefined;
  /** What the hub said about it: the beginning of the response's text. */
  readonly explanation: string | undefined;
  /** How long the hub asked us to wait (`Retry-After`, RFC 9110 section 10.2.3). */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: MercureErrorCode,
    message: string,
    details: { status?: number; explanation?: string; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.explanation = details.explanation;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Statuses that trying again with the same token and topics cannot change. */
const FINAL_STATUSES: ReadonlySet<number | undefined> = new Set([400, 401, 403, 404]);

/** Whether trying again with the same token and topics is useless. */
export function isFinal(error: MercureError): boolean {
  return error.code === 'refused' && FINAL_STATUSES.has(error.status);
}

const MAX_EXPLANATION_LENGTH = 1024;

/** Turns an error response of the hub into an error. Reads, and so frees, the response's body. */
export async function refusal(response: Response): Promise<MercureError> {
  const explanation = (await response.text().catch(() => '')).trim().slice(0, MAX_EXPLANATION_LENGTH);
  const retryAfterSeconds = readRetryAfter(response.headers);
  return new MercureError(
    'refused',
    `The hub answered with HTTP status ${response.status}${explanation === '' ? '' : `: ${explanation}`}`,
    {
      status: response.status,
      ...(explanation === '' ? {} : { explanation }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  );
}

/**
 * `Retry-After` is a number of seconds or an HTTP date (RFC 9110, section 10.2.3), which is measured by the hub's own
 * clock where it tells it (`Date`): ours may be hours off.
 */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const sentAt = Date.parse(headers.get('date') ?? '');
  const seconds = (Date.parse(value) - (Number.isNaN(sentAt) ? Date.now() : sentAt)) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, Math.ceil(seconds));
}
