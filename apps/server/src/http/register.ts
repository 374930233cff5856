import {
  MAX_UPDATE_BYTES,
  type Operation,
  type OperationId,
  operations,
  PERSON_HEADER,
  type Person,
} from '@cahier/protocol';
import type { IRouter, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Accounts } from '../domain/accounts.ts';
import { CodedError } from '../errors.ts';
import { readJsonBody } from './json-body.ts';
import { readSessionCookie, setSessionCookie } from './session-cookie.ts';

type Operations = typeof operations;
type Parsed<K extends OperationId, Name extends 'params' | 'query' | 'body'> = Operations[K] extends {
  readonly [_ in Name]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;
type Answer<K extends OperationId> = Operations[K]['success']['body'] extends infer Schema extends z.ZodType
  ? z.input<Schema>
  : undefined;

/** JSON text that is sent as it is. */
export class RawJson {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What a handler works with; everything in it has been validated by the operation's schemas. */
interface Context<K extends OperationId> {
  readonly params: Parsed<K, 'params'>;
  readonly query: Parsed<K, 'query'>;
  readonly body: Parsed<K, 'body'>;
  /** Who is logged in; in operations that can be called without a session perhaps nobody. */
  readonly person: Operations[K] extends { readonly anonymous: true } ? Person | undefined : Person;
  readonly request: Request;
  readonly response: Response;
}

export type Handlers = {
  readonly [K in OperationId]: (context: Context<K>) => Promise<Answer<K> | RawJson>;
};

/** Bodies are small, but for updates, which travel as base64 and have a limit of their own behind this one. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_UPDATE_BODY_BYTES = Math.ceil(MAX_UPDATE_BYTES / 3) * 4 + 16 * 1024;

/** A path is looked for in the order of the routes. */
const FREQUENT: readonly OperationId[] = ['sendUpdate', 'sendPresence', 'readLog'];

interface RegisterOptions {
  readonly accounts: Accounts;
  /** Checks answers against their schemas, too: a test's business. */
  readonly validateAnswers: boolean;
}

/** Makes the routes of all operations from the protocol's table: authenticate, validate, handle, answer. */
export function registerOperations(router: IRouter, handlers: Handlers, options: RegisterOptions): void {
  const paths = new Map<string, string[]>();
  const ids = new Set([...FREQUENT, ...(Object.keys(operations) as OperationId[])]);
  for (const id of ids) {
    const operation: Operation = operations[id];
    const path = operation.path.replace(/\{(\w+)\}/g, ':$1');
    paths.set(path, [...(paths.get(path) ?? []), operation.method]);
    const method = operation.method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete';
    router[method](path, ...stations(id, operation, handlers[id] as AnyHandler, options));
  }
  for (const [path, methods] of paths) router.all(path, methodNotAllowed(methods));
}

type AnyHandler = (context: unknown) => Promise<unknown>;

function stations(
  id: OperationId,
  operation: Operation,
  handler: AnyHandler,
  { accounts, validateAnswers }: RegisterOptions,
): RequestHandler[] {
  const handle: RequestHandler = async (request, response) => {
    const context = {
      params: operation.params && valid(operation.params, request.params),
      query: operation.query && valid(operation.query, request.query),
      body: operation.body && valid(operation.body, request.body, '/'),
      person: response.locals.person as Person | undefined,
      request,
      response,
    };
    const answer = await handler(context);
    if (validateAnswers) operation.success.body?.parse(plain(answer));
    send(response, operation.success.status, answer);
  };
  const authenticate: RequestHandler = async (request, response, next) => {
    const person = await authenticated(accounts, request, response);
    response.locals.person = person;
    if (!operation.anonymous && !isMeant(person, request.get(PERSON_HEADER))) {
      throw new CodedError('unauthenticated');
    }
    next();
  };
  return [authenticate, ...(operation.body ? [jsonBody(id)] : []), handle];
}

/** Whether somebody is logged in, and is the one in whose name the request was made, where it says so. */
const isMeant = (person: Person | undefined, meant: string | undefined) =>
  person !== undefined && (meant === undefined || meant === person.id);

async function authenticated(accounts: Accounts, request: Request, response: Response) {
  const token = readSessionCookie(request);
  if (token === undefined) return undefined;
  const session = await accounts.findSession(token);
  if (session?.extended) setSessionCookie(request, response, token);
  return session?.person;
}

function jsonBody(id: OperationId): RequestHandler {
  const [maxBytes, tooLarge] =
    id === 'sendUpdate'
      ? ([MAX_UPDATE_BODY_BYTES, 'update_too_large'] as const)
      : ([MAX_BODY_BYTES, 'payload_too_large'] as const);
  return async (request, _response, next) => {
    request.body = await readJsonBody(request, maxBytes, tooLarge);
    next();
  };
}

/**
 * @param prefix - `/` for bodies, whose errors are pointed at by JSON Pointers
 * @throws CodedError `invalid_request` or `update_too_large`
 */
export function valid<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  prefix = '',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const pointers = parsed.error.issues.map(({ path, message }) => ({
    pointer: prefix === '' ? path.join('.') : path.map(step => `/${escapePointer(String(step))}`).join(''),
    detail: message,
  }));
  const isTooLarge = parsed.error.issues.some(
    ({ code, path }) => code === 'too_big' && path.length === 1 && path[0] === 'update',
  );
  throw new CodedError(isTooLarge ? 'update_too_large' : 'invalid_request', { pointers });
}

/** RFC 6901, section 3. */
const escapePointer = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1');

function send(response: Response, status: number, answer: unknown) {
  response.status(status).set('cache-control', 'no-store');
  if (answer === undefined) response.end();
  else if (answer instanceof RawJson)
    response.type('application/json').send(Buffer.from(answer.bytes.buffer));
  else response.json(answer);
}

const plain = (answer: unknown): unknown =>
  answer instanceof RawJson ? JSON.parse(Buffer.from(answer.bytes).toString()) : answer;

function methodNotAllowed(methods: readonly string[]): RequestHandler {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  return (_request, response) => {
    response.set('allow', allow);
    throw new CodedError('method_not_allowed', { detail: `Possible here: ${allow}` });
  };
}
