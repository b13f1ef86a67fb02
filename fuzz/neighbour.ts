import { randomBytes } from 'node:crypto';

import type pg from 'pg';

import { drawId } from '../src/store/id.ts';
import type { Keyring } from '../src/store/keyring.ts';
import { createMerchant, hashKey } from '../src/store/seed.ts';
import { Shop } from './shop.ts';
import type { Wire } from './wire.ts';

/** Those whose things the attacker's key must not show, and keys that must not work. */
export interface Neighbours {
  readonly other: Shop;
  /** A live key of the attacker's own app: test objects do not exist for it. */
  readonly live: Shop;
  readonly revokedKey: string;
}

/** Makes them as an operator would, straight in the store. */
export async function settle(
  client: pg.Client,
  wire: Wire,
  app: string,
  keyring: Keyring,
): Promise<Neighbours> {
  const db = client as unknown as pg.PoolClient;
  const other = await createMerchant(db, 'Neighbour', keyring);
  const gone = await createMerchant(db, 'Gone', keyring);
  await client.query('update api_keys set revoked_at = now() where app_id = $1', [gone.app]);
  const live = `sk_live_${randomBytes(32).toString('base64url')}`;
  await client.query(
    'insert into api_keys (id, app_id, hash, last4, livemode) values ($1, $2, $3, $4, true)',
    [drawId('key'), app, hashKey(live), live.slice(-4)],
  );
  return {
    other: new Shop(wire, other.api_key),
    live: new Shop(wire, live),
    revokedKey: gone.api_key,
  };
}
