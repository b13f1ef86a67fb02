import { createHash } from 'node:crypto';

import type { NextFunction, Request, Response } from 'express';

import { holdsCardNumber } from '../domain/card-number.ts';
import type { Caller } from '../store/api-key.ts';
import { findCaller } from '../store/api-key.ts';
import { drawId } from '../store/id.ts';
import type { Store } from '../store/store.ts';
import { readJson } from './json.ts';
import { Problem } from './problem.ts';

/** What is known of a request once it passed the door. */
export interface Known {
  readonly requestId: string;
  readonly caller: Caller;
  readonly body: unknown;
}

export const requestBytesMax = 64 * 1024;

/** The whole body, or a Problem when it has more than `most` bytes. */
export async function readBytes(request: Request, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most)
      throw new Problem('body_too_large', `more than ${most} bytes`, {}, { Connection: 'close' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Wraps an async handler, so that its Problems and bugs reach the one place that answers them. */
export function handled(work: (request: Request, response: Response) => Promise<void>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    work(request, response).catch(next);
  };
}

/** Route, key, size, type, JSON: the refusals before any field is looked at, in the contract's order. */
export async function admit(store: Store, request: Request, response: Response): Promise<Known> {
  const caller = await authenticate(store, request);
  const bytes =
    request.method === 'POST' ? await readBytes(request, requestBytesMax) : Buffer.alloc(0);
  if (bytes.length > 0 && !/^application\/json\s*(;|$)/i.test(request.get('content-type') ?? '')) {
    throw new Problem(
      'unsupported_media_type',
      `'${request.get('content-type') ?? ''}' is not application/json`,
    );
  }
  const body = bytes.length > 0 ? readJson(bytes) : {};
  refuseCardNumbers(request, body);
  return { requestId: requestIdOf(response), caller, body };
}

/** The id that this answer carries and every log line of it names. */
export function requestIdOf(response: Response): string {
  const locals = response.locals as { requestId?: string };
  return (locals.requestId ??= drawId('req'));
}

async function authenticate(store: Store, request: Request): Promise<Caller> {
  const given = request.get('authorization');
  if (!given) throw new Problem('api_key_missing', 'no Authorization header');
  const key = /^Bearer (sk_(?:test|live)_[\w-]{20,200})$/.exec(given)?.[1];
  const caller = key ? await findCaller(store.pool, key) : null;
  if (!caller) throw new Problem('api_key_invalid', 'this key is not known');
  return caller;
}

/** Names and values of the body, the query and the key: a card number is refused anywhere, never echoed. */
function refuseCardNumbers(request: Request, body: unknown): void {
  const query = decodeURIComponent(
    new URL(request.originalUrl, 'http://host').search.replaceAll('%', '%25'),
  ).replaceAll('+', ' ');
  const texts = [query, safeDecode(query), request.get('idempotency-key') ?? ''];
  if (texts.some(holdsCardNumber) || holdsOne(body)) {
    throw new Problem('card_data_forbidden', 'the request holds a card number');
  }
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function holdsOne(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number') return holdsCardNumber(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => holdsCardNumber(name) || holdsOne(inner));
}

export interface Key {
  /** sha256 of app, endpoint and key: what is stored in place of the key. */
  readonly cause: string;
  readonly fingerprint: string;
}

/** The Idempotency-Key of a command. `endpoint` is the path's template. Null when there is none and none is needed. */
export function keyOf(
  request: Request,
  known: Known,
  endpoint: string,
  isRequired: boolean,
): Key | null {
  const given = request.get('idempotency-key');
  if (given === undefined && !isRequired) return null;
  if (given === undefined || !/^[\x21-\x7e]{1,255}$/.test(given)) {
    throw new Problem(
      'idempotency_key_required',
      'send an Idempotency-Key of 1 to 255 visible ASCII characters',
    );
  }
  const { wait: _, ...asked } = known.body as Record<string, unknown>;
  return {
    cause: sha256(`${known.caller.app_id}\n${endpoint}\n${given}`),
    fingerprint: sha256(`${request.method}\n${request.path}\n${canonical(asked)}`),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with sorted keys: the same request in another order is the same request. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
