import { createHash } from 'node:crypto';

import type { Request } from 'express';

import type { Caller } from '../store/api-key.ts';
import { findKey } from '../store/idempotency.ts';
import type { Store } from '../store/store.ts';
import { Problem } from './problem.ts';

export interface Key {
  /** sha256 of app, endpoint and key: what is stored in place of the key. */
  readonly cause: string;
  readonly fingerprint: string;
}

/**
 * The Idempotency-Key of a command, and the fingerprint of what it asks for: method, path and canonical
 * body without `wait` and what no hash may give away, for it is one of few: a PIN, a code of six digits. The body as it was sent: a default that is written out is another body, for defaults may
 * change while keys live. Null when there is none and none is needed.
 */
export function keyOf(
  request: Request,
  caller: Caller,
  endpoint: {
    readonly method: string;
    readonly path: string;
    readonly key: string;
    readonly unhashed?: readonly string[];
  },
  body: object,
): Key | null {
  const given = request.get('idempotency-key');
  if (given === undefined && endpoint.key === 'accepted') return null;
  if (given === undefined || !/^[\x21-\x7e]{1,255}$/.test(given)) {
    const detail = 'send an Idempotency-Key of 1 to 255 visible ASCII characters';
    throw new Problem('idempotency_key_required', detail);
  }
  const mode = caller.livemode ? '\nlive' : ''; // an app's test key and its live key name different objects
  return {
    cause: sha256(`${caller.app_id}\n${endpoint.method} ${endpoint.path}\n${given}${mode}`),
    fingerprint: sha256(
      `${request.method}\n${request.path}\n${canonical(askedBy(body, endpoint.unhashed))}`,
    ),
  };
}

function askedBy(body: object, unhashed: readonly string[] = []): object {
  const members = Object.entries(body).filter(([name]) => !unhashed.includes(name));
  const { wait: _, method, ...asked } = Object.fromEntries(members) as Record<string, unknown>;
  if (method === undefined) return asked;
  if (typeof method !== 'object' || method === null) return { ...asked, method };
  const { pin: _pin, ...kind } = method as Record<string, unknown>;
  return { ...asked, method: kind };
}

/**
 * Was this very request recorded under this key? Then what was allowed once (an account, a target, a life) is
 * not refused later: the repeat answers the same object for as long as it lives.
 */
export async function isRepeat({ pool }: Store, key: Key | null): Promise<boolean> {
  const held = key && (await findKey(pool, key.cause));
  return held !== null && held.fingerprint === key?.fingerprint;
}

/** The key of an endpoint that takes no request without one. Throws when it is missing, a bug. */
export function required(key: Key | null): Key {
  if (key === null) throw new Error('bug: a required key is missing');
  return key;
}

/** The mark of an answer that was given before. */
export const replayed: Readonly<Record<string, string>> = { 'Idempotent-Replayed': 'true' };

/** The mark where it was, else no headers. */
export function replayedIf(isReplay: boolean): Readonly<Record<string, string>> {
  return isReplay ? replayed : {};
}

/** The refusal of a key that named another request. */
export function keyReused(): Problem {
  return new Problem('idempotency_key_reused', 'this key was used with another request');
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
