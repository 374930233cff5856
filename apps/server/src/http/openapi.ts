import { errors, type Operation, operations, problemSchema } from '@cahier/protocol';
import { z } from 'zod';

type Json = Record<string, unknown>;

/** Errors that stand in front of every operation, by what they depend on. */
function commonErrors({ body, anonymous, params, query, method }: Operation) {
  return [
    ...(params || query || body ? (['invalid_request'] as const) : []),
    ...(anonymous ? [] : (['unauthenticated'] as const)),
    ...(method === 'GET' ? [] : (['cross_origin_refused'] as const)),
    ...(body ? (['malformed_json', 'payload_too_large', 'unsupported_media_type'] as const) : []),
    'internal_error' as const,
  ];
}

/**
 * The OpenAPI 3.1 description of the whole API, made from the protocol's table.
 *
 * @param serverUrl - the application's own address
 */
export function describeApi(serverUrl: string): Json {
  const components: Record<string, unknown> = {};
  const paths: Record<string, Json> = {};
  for (const [id, operation] of Object.entries<Operation>(operations)) {
    const described = describeOperation(id, operation, components);
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: described };
  }
  toSchema(problemSchema, 'output', components);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Cahier',
      version: '1',
      description:
        'Documents that people write together. Edits go up with sendUpdate and come down as Server-Sent Events from ' +
        'a Mercure hub; subscribe gives the topics and a token. Every failure is a problem (RFC 9457) with a stable code.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: serverUrl }],
    security: [{ session: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'cahier_session',
          description: 'Set by createSession',
        },
      },
    },
  };
}

function describeOperation(id: string, operation: Operation, components: Record<string, unknown>): Json {
  const { summary, params, query, body, success, anonymous } = operation;
  return {
    operationId: id,
    summary,
    ...(anonymous ? { security: [{}] } : {}),
    parameters: [...parameters('path', params, components), ...parameters('query', query, components)],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: toSchema(body, 'input', components) } },
          },
        }
      : {}),
    responses: {
      [success.status]: {
        description: 'Done',
        ...(success.body
          ? { content: { 'application/json': { schema: toSchema(success.body, 'output', components) } } }
          : {}),
      },
      ...describeErrors([...new Set([...commonErrors(operation), ...operation.errors])]),
    },
  };
}

function describeErrors(codes: readonly (keyof typeof errors)[]): Json {
  const byStatus = Map.groupBy(codes, code => errors[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      status,
      {
        description: sharing.map(code => `\`${code}\`: ${errors[code].title}`).join('\n\n'),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  );
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined, components: Json): Json[] {
  if (!schema) return [];
  const { properties = {} } = toSchema(schema, 'output', components) as { properties?: Record<string, Json> };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path',
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

/** JSON Schema of a zod schema; those that have an id move to the components and are referred to. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', components: Record<string, unknown>): Json {
  const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(schema, { io }) as Json & { $defs?: Json };
  for (const [name, definition] of Object.entries($defs)) components[name] ??= relocated(definition);
  return relocated(root) as Json;
}

function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' ? String(inner).replace('#/$defs/', '#/components/schemas/') : relocated(inner),
    ]),
  );
}
