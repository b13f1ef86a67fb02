import type { Request, Response } from 'express';
import { rateLimit } from 'express-rate-limit';

import { holdsCardNumber } from '../domain/card-number.ts';
import { type Caller, findCaller } from '../store/api-key.ts';
import type { Store } from '../store/store.ts';
import { type Content, readJson } from './json.ts';
import { Problem } from './problem.ts';
import { readBytes } from './request.ts';

/** What is known of a request once it passed the door. */
export interface Admitted {
  readonly caller: Caller;
  readonly content: Content;
}

/** Key, rate, size, type, JSON, card numbers: every refusal before a field is looked at, in the contract's order. */
export type Door = (request: Request, response: Response) => Promise<Admitted>;

const requestBytesMax = 64 * 1024;

/** The door of `/v1`. The rate is counted per key and second, in this process. */
export function createDoor(store: Store, ratePerSecond: number): Door {
  const limited = limiter(ratePerSecond);
  return async (request, response) => {
    const caller = await authenticate(store, request);
    await limited(caller, request, response);
    const content = await contentOf(request);
    refuseCardNumbers(request, content.body);
    return { caller, content };
  };
}

async function authenticate(store: Store, request: Request): Promise<Caller> {
  const given = request.get('authorization');
  if (!given) throw new Problem('api_key_missing', 'no Authorization header');
  const key = /^bearer +(sk_(?:test|live)_[\w-]{20,200})$/i.exec(given)?.[1];
  const caller = key ? await findCaller(store.pool, key) : null;
  if (!caller) throw new Problem('api_key_invalid', 'this key is not known');
  return caller;
}

function limiter(perSecond: number) {
  const callers = new WeakMap<Request, Caller>();
  const limit = rateLimit({
    windowMs: 1_000,
    limit: perSecond,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => callers.get(request)?.key_id ?? '',
    handler: (_request, response, next) => {
      // The library rounds what is left of the second, and says 0 when that has just passed.
      response.set('retry-after', '1');
      next(new Problem('rate_limited', `more than ${perSecond} requests in a second`));
    },
  });
  return (caller: Caller, request: Request, response: Response) => {
    callers.set(request, caller);
    return new Promise<void>((resolve, reject) => {
      void limit(request, response, (refused?: unknown) => {
        if (refused instanceof Error) reject(refused);
        else resolve();
      });
    });
  };
}

async function contentOf(request: Request): Promise<Content> {
  if (!['POST', 'PUT'].includes(request.method)) return { body: {}, wrong: [] };
  const bytes = await readBytes(request, requestBytesMax);
  if (bytes.length === 0) return { body: {}, wrong: [] };
  refuseType(request);
  return readJson(bytes);
}

/** JSON in UTF-8, as it is: no other charset and no compression. */
function refuseType(request: Request): void {
  const type = request.get('content-type') ?? '';
  const coding = request.get('content-encoding') ?? 'identity';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new Problem('unsupported_media_type', `'${type.slice(0, 100)}' is not application/json`);
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset))
    throw new Problem('unsupported_media_type', `'${charset.slice(0, 100)}' is not UTF-8`);
  if (!/^identity$/i.test(coding))
    throw new Problem('unsupported_media_type', `'${coding.slice(0, 100)}' is not taken`);
}

/** Names and values of the body, the query and the key: a card number is refused anywhere, never echoed. */
function refuseCardNumbers(request: Request, body: unknown): void {
  const { search } = new URL(request.originalUrl, 'http://host');
  const parameters = [...new URLSearchParams(search)].flat();
  const texts = [search, ...parameters, request.get('idempotency-key') ?? ''];
  if (texts.some(holdsCardNumber) || holdsOne(body))
    throw new Problem('card_data_forbidden', 'the request holds a card number');
}

function holdsOne(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number') return holdsCardNumber(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => holdsCardNumber(name) || holdsOne(inner));
}
