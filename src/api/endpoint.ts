import { type Request, type Response, Router } from 'express';
import { z } from 'zod';

import type { Caller } from '../store/api-key.ts';
import type { Door } from './door.ts';
import { type Key, keyOf } from './idempotency-key.ts';
import { parse, parseQuery } from './parsing.ts';
import type { ProblemCode } from './problem.ts';
import { handled, requestIdOf } from './request.ts';

/** What a handler is told: who asks, and what, checked. */
export interface Asked<Body, Query> {
  readonly requestId: string;
  readonly caller: Caller;
  /** The `{id}` of the path; '' where there is none. */
  readonly id: string;
  readonly body: Body;
  readonly query: Query;
  readonly key: Key | null;
}

export interface Answer {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call of the contract: what it takes, what it answers and how it is carried out; routes and OpenAPI come from it. */
export interface Endpoint<Body = unknown, Query = unknown> {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** Is an Idempotency-Key needed? */
  readonly key: 'required' | 'accepted' | 'none';
  readonly body?: z.ZodType<Body>;
  readonly query?: z.ZodType<Query>;
  readonly status: 200 | 201 | 202;
  readonly answers: z.ZodType;
  /** What it may refuse besides what every call may. */
  readonly refusals: readonly ProblemCode[];
  readonly handle: (asked: Asked<Body, Query>) => Promise<Answer>;
}

/** Keeps the types of body and query together with their handler. */
export function endpoint<Body, Query>(given: Endpoint<Body, Query>): Endpoint {
  return given as unknown as Endpoint;
}

const nothing = z.strictObject({});

/** The routes of these endpoints; each refuses in the contract's order before its handler is reached. */
export function routesOf(endpoints: readonly Endpoint[], door: Door): Router {
  const router = Router();
  for (const one of endpoints) {
    const path = one.path.replaceAll(/\{(\w+)\}/g, ':$1');
    router[one.method](
      path,
      handled((request, response) => serve(one, door, request, response)),
    );
  }
  return router;
}

async function serve(
  one: Endpoint,
  door: Door,
  request: Request,
  response: Response,
): Promise<void> {
  const { caller, content } = await door(request, response);
  const key = one.key === 'none' ? null : keyOf(request, caller, one, content.body);
  const query = parseQuery(one.query ?? nothing, request);
  const body = one.method === 'post' ? parse(one.body ?? nothing, content) : undefined;
  const requestId = requestIdOf(response);
  const id = String(request.params['id'] ?? '');
  const answer = await one.handle({ requestId, caller, id, body, query, key });
  response
    .status(one.status)
    .set(answer.headers ?? {})
    .json(answer.body);
}
