import { type ApiKey, keysOf, makeKey, revokeKey } from '../store/api-key.ts';
import type { Store } from '../store/store.ts';

/** What a command did: for a program, and in lines for a person. */
export interface Result {
  readonly data: object;
  readonly lines: string;
}

/** Makes a key of an app. Throws an Error of one line when there is no such app. */
export async function newKey({ pool }: Store, app: string, livemode: boolean): Promise<Result> {
  const made = await makeKey(pool, app, livemode);
  if (!made) throw new Error(`--app: there is no app ${app}`);
  return { data: made, lines: `${made.api_key} (${made.id}, shown once)` };
}

/** Lists the keys of an app. */
export async function listKeys({ pool }: Store, app: string): Promise<Result> {
  const data = await keysOf(pool, app);
  return { data: { object: 'list', data }, lines: data.map(lineOf).join('\n') };
}

/** Ends a key. Throws an Error of one line when there is none with this id. */
export async function revoke({ pool }: Store, id: string): Promise<Result> {
  const revoked = await revokeKey(pool, id);
  if (!revoked) throw new Error(`--key: there is no key ${id} (keys --app shows their ids, key_…)`);
  return { data: revoked, lines: lineOf(revoked) };
}

function lineOf({ id, livemode, last4, created_at, revoked_at }: ApiKey): string {
  const state = revoked_at ? `revoked ${revoked_at.toISOString()}` : 'works';
  return `${id}  ${livemode ? 'live' : 'test'}  …${last4}  made ${created_at.toISOString()}  ${state}`;
}
