import type { z } from 'zod';
import { type OperationId, operations } from './api.ts';
import { type ErrorCode, type Problem, problemSchema } from './errors.ts';

type Operations = typeof operations;
type Part<K extends OperationId, Name extends 'params' | 'query' | 'body'> = Operations[K] extends {
  readonly [_ in Name]: infer Schema extends z.ZodType;
}
  ? Record<Name, z.input<Schema>>
  : unknown;

/** What a call of operation `K` needs: its path parameters, its query, its body, as far as it has them. */
export type Input<K extends OperationId> = Part<K, 'params'> & Part<K, 'query'> & Part<K, 'body'>;

/** What a call of operation `K` gives. */
export type Output<K extends OperationId> = Operations[K]['success']['body'] extends infer Schema extends
  z.ZodType
  ? z.output<Schema>
  : undefined;

export interface CallOptions {
  signal?: AbortSignal;
  /** Lets the request outlive the page that made it (Fetch standard, `keepalive`; bodies up to 64 KiB). */
  keepalive?: boolean;
}

/** One method per operation of the API. Each rejects with a {@link RequestError}, or with the signal's reason. */
export type ApiClient = {
  readonly [K in OperationId]: (input: Input<K>, options?: CallOptions) => Promise<Output<K>>;
};

/**
 * Why a request failed. Beside the server's own codes:
 * - `unreachable`: no answer came (no network, no server, a timeout);
 * - `unexpected_response`: an answer came, but not from the application (a captive portal's page, a proxy's error).
 */
export type FailureCode = ErrorCode | 'unreachable' | 'unexpected_response';

export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: FailureCode;
  /** The HTTP status, where an answer came. */
  readonly status: number | undefined;
  readonly problem: Problem | undefined;
  /** How long the server asked us to wait (problem details, or `Retry-After`). */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: FailureCode,
    message: string,
    details: { status?: number; problem?: Problem; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.problem = details.problem;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

export interface ClientOptions {
  /** Where the application is; default: this page's origin. Needed outside browsers. */
  baseUrl?: string;
  fetch?: typeof fetch;
  /** Sent along with every request: a `cookie`, for programs that hold a session. */
  headers?: Record<string, string>;
}

/** Makes a client for the API. It keeps no state and retries nothing. */
export function createApiClient({ baseUrl = '', fetch: send, headers = {} }: ClientOptions = {}): ApiClient {
  const call = async (id: OperationId, input: CallInput, options: CallOptions = {}) => {
    const operation = operations[id];
    const url = baseUrl + pathOf(operation.path, input.params) + queryOf(input.query);
    const init: RequestInit = {
      method: operation.method,
      headers: {
        accept: 'application/json',
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      credentials: 'same-origin',
      cache: 'no-store',
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...options,
    };
    let response: Response;
    let text: string;
    try {
      response = await (send ?? fetch)(url, init);
      text = await response.text();
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason;
      throw new RequestError('unreachable', 'The server cannot be reached', { cause });
    }
    if (!response.ok) throw refusal(response, text);
    return interpret(operation.success, response, text);
  };
  return Object.fromEntries(
    (Object.keys(operations) as OperationId[]).map(id => [
      id,
      (input: CallInput, options?: CallOptions) => call(id, input, options),
    ]),
  ) as unknown as ApiClient;
}

interface CallInput {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
}

function pathOf(template: string, params: Record<string, string> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function queryOf(query: CallInput['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

function interpret(success: { status: number; body: z.ZodType | null }, response: Response, text: string) {
  if (response.status === success.status) {
    if (success.body === null) return undefined;
    const parsed = success.body.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
  }
  throw new RequestError('unexpected_response', 'Something other than the application answered', {
    status: response.status,
  });
}

function refusal(response: Response, text: string): RequestError {
  const { status } = response;
  const retryAfter = retryAfterOf(response.headers);
  const parsed = problemSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    return new RequestError('unexpected_response', `The request failed with HTTP status ${status}`, {
      status,
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
    });
  }
  const problem = parsed.data;
  const retryAfterSeconds = problem.retryAfterSeconds ?? retryAfter;
  return new RequestError(problem.code, problem.detail ?? problem.title, {
    status,
    problem,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/**
 * `Retry-After` in seconds (RFC 9110, section 10.2.3). A date is measured by the sender's own clock, where it tells it
 * (`Date`): ours may be hours off.
 */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const sentAt = Date.parse(headers.get('date') ?? '');
  const seconds = (Date.parse(value) - (Number.isNaN(sentAt) ? Date.now() : sentAt)) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, Math.ceil(seconds));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
