import { type Request, type Response, Router } from 'express';
import { z } from 'zod';

import { faultPoint } from '../fault-point.ts';
import type { Caller } from '../store/api-key.ts';
import type { Store } from '../store/store.ts';
import type { Door } from './door.ts';
import { isRepeat, type Key, keyOf } from './idempotency-key.ts';
import { parseBody, parseQuery, wrongFields } from './parsing.ts';
import { type FieldError, Problem, type ProblemCode } from './problem.ts';
import { handled, requestIdOf } from './request.ts';
import { type Timing, timingOf } from './timing.ts';

/** What a handler is told: who asks, and what, checked. */
export interface Asked<Body, Query, Found = unknown> {
  readonly requestId: string;
  readonly caller: Caller;
  /** The `{id}` of the path; '' where there is none. */
  readonly id: string;
  readonly body: Body;
  readonly query: Query;
  readonly key: Key | null;
  readonly found: Found;
  /** Handlers that wait for a channel add its time. */
  readonly timing: Timing;
}

/** What is wrong with well-formed fields, and what was found while looking. */
export interface Examination<Found> {
  readonly errors: readonly FieldError[];
  readonly found: Found;
}

export interface Answer {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call of the contract: what it takes, what it answers and how it is carried out; routes and OpenAPI come from it. */
export interface Endpoint<Body = unknown, Query = unknown, Found = unknown> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** Is an Idempotency-Key needed? */
  readonly key: 'required' | 'accepted' | 'none';
  /** Members of the body that the key's fingerprint leaves out, for its hash would give them away. */
  readonly unhashed?: readonly string[];
  readonly body?: z.ZodType<Body>;
  readonly query?: z.ZodType<Query>;
  /** The rules of the body that are more than form. Told the well-formed fields, also when others are not. */
  readonly examine?: (caller: Caller, fields: Partial<Body>) => Promise<Examination<Found>>;
  readonly status: 200 | 201 | 202;
  readonly answers: z.ZodType;
  /** What it may refuse besides what every call may. */
  readonly refusals: readonly ProblemCode[];
  readonly handle: (asked: Asked<Body, Query, Found>) => Promise<Answer>;
}

/** Keeps the types of body and query together with their handler. */
export function endpoint<Body, Query, Found>(given: Endpoint<Body, Query, Found>): Endpoint {
  return given as unknown as Endpoint;
}

const nothing = z.strictObject({});

/** The routes of these endpoints; each refuses in the contract's order before its handler is reached. */
export function routesOf(endpoints: readonly Endpoint[], door: Door, store: Store): Router {
  const router = Router({ strict: true, caseSensitive: true }); // one address for one thing: keys know it
  for (const one of endpoints) {
    const path = one.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[one.method](
      path,
      handled((request, response) => serve(one, door, store, request, response)),
    );
  }
  return router;
}

async function serve(
  one: Endpoint,
  door: Door,
  store: Store,
  request: Request,
  response: Response,
): Promise<void> {
  const { caller, content } = await door(request, response);
  const key = one.key === 'none' ? null : keyOf(request, caller, one, content.body);
  const query = parseQuery(one.query ?? nothing, request);
  const body = parseBody(one.body ?? nothing, content);
  const examined = await one.examine?.(caller, body.fields);
  const malformed = [...query.errors, ...body.errors];
  const errors = [...malformed, ...(examined?.errors ?? [])];
  if (malformed.length > 0 || (errors.length > 0 && !(await isRepeat(store, key))))
    throw wrongFields(errors);
  const answer = await one.handle({
    requestId: requestIdOf(response),
    caller,
    id: idOf(one, request),
    body: body.fields,
    query: query.fields,
    key,
    found: examined?.found,
    timing: timingOf(response),
  });
  const call = `${one.method}.${one.path.split('/').at(-1) ?? ''}`;
  faultPoint(`${call}.before`);
  response
    .status(one.status)
    .set(answer.headers ?? {})
    .json(answer.body);
  faultPoint(`${call}.after`);
}

/** The `{id}` of the path. One that can be nothing's is not looked for: PostgreSQL takes no NUL. */
function idOf({ path }: Endpoint, request: Request): string {
  if (!path.includes('{id}')) return '';
  const id = String(request.params['id']);
  if (!/^\w{1,64}$/.test(id)) throw new Problem('not_found', 'nothing has such an id');
  return id;
}
