import {
  OpenApiGeneratorV31,
  OpenAPIRegistry,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import type { Endpoint } from './endpoint.ts';
import { keylessPaths } from './keyless-path.ts';
import { type ProblemCode, problems } from './problem.ts';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    category: z.enum(['request', 'auth', 'state', 'limit', 'channel', 'internal']),
    retryable: z.boolean(),
    request_id: z.string(),
    payment_id: z.string().optional(),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .optional(),
  })
  .openapi('Problem');

/** On every answer. */
const headers = z.object({
  'Request-Id': z.string().openapi({ description: 'The `request_id` of problems and of our log', example: 'req_01…' }),
  'Server-Timing': z.string().openapi({
    description: 'Milliseconds: `own` ours, `channel` the channel\'s for calls that ended meanwhile, `wait` what a reader asked to wait for a change',
    example: 'own;dur=38.2, channel;dur=121, wait;dur=0',
  }),
}); // prettier-ignore

const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/).openapi({
  description: 'A repeat answers the same object. It must have the same body, members in any order and `wait` aside; a default that is written out makes another body.',
}); // prettier-ignore

/** What every call may refuse, whatever it does. */
const common: readonly ProblemCode[] = [
  'unknown_field', 'invalid_field', 'api_key_missing', 'api_key_invalid', 'api_key_forbidden', 'card_data_forbidden',
  'rate_limited', 'internal_error', 'dependency_unavailable',
]; // prettier-ignore
const ofBodies: readonly ProblemCode[] = ['malformed_json', 'body_too_large', 'unsupported_media_type', 'idempotency_key_required', 'idempotency_key_reused', 'idempotency_in_progress']; // prettier-ignore

/** The OpenAPI 3.1 document of these endpoints: from the same schemas that check requests. */
export function openApi(endpoints: readonly Endpoint[], publicUrl: string): object {
  const registry = new OpenAPIRegistry();
  const bearer = registry.registerComponent('securitySchemes', 'api_key', {
    type: 'http',
    scheme: 'bearer',
    description: 'sk_test_… or sk_live_…',
  });
  for (const path of keylessPaths) registry.registerPath({ ...path, responses: answered(path.responses), security: [] });
  for (const one of endpoints) registry.registerPath({ ...described(one), security: [{ [bearer.name]: [] }] });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description: 'Durable payments. Amounts are whole minor units. Every refusal is `application/problem+json`. New fields are not a breaking change.',
    },
    servers: [{ url: publicUrl }],
  });
} // prettier-ignore

function described(one: Endpoint) {
  const json = (schema: z.ZodType) => ({ 'application/json': { schema } });
  const codes = [
    ...common,
    ...(one.method === 'post' || one.method === 'put' ? ofBodies : []),
    ...one.refusals,
  ];
  const idempotency = one.key === 'required' ? idempotencyKey : idempotencyKey.optional();
  return {
    method: one.method,
    path: one.path,
    summary: one.summary,
    request: {
      ...(one.path.includes('{id}') ? { params: z.object({ id: z.string() }) } : {}),
      ...(one.query ? { query: one.query as z.ZodObject } : {}),
      ...(one.key === 'none' ? {} : { headers: z.object({ 'Idempotency-Key': idempotency }) }),
      ...(one.body
        ? { body: { required: !one.body.safeParse({}).success, content: json(one.body) } }
        : {}),
    },
    responses: answered({
      [one.status]: { description: one.summary, content: json(one.answers) },
      ...refusalsOf(codes),
    }),
  };
}

/** These answers with the headers that every answer has. */
function answered(responses: RouteConfig['responses']): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, { ...response, headers }]),
  );
}

function refusalsOf(codes: readonly ProblemCode[]) {
  const statuses = [...new Set(codes.map((code) => problems[code].status))].toSorted();
  return Object.fromEntries(
    statuses.map((status) => {
      const mine = codes.filter((code) => problems[code].status === status);
      const content = { 'application/problem+json': { schema: problem } };
      return [status, { description: mine.join(', '), content }];
    }),
  );
}
