import { randomBytes } from 'node:crypto';

import type { Keyring, Sealed } from './keyring.ts';
import { prepared } from './store.ts';
import { createVault, type Vault } from './vault.ts';

/** A webhook secret as it is kept: sealed, or in plain form since before it was. */
export interface KeptSecret {
  readonly secret: string | null;
  readonly sealed: Buffer | null;
  readonly key_id: string | null;
}

/** 256 random bits, as Standard Webhooks writes a secret. */
export function drawSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The secret, sealed for this endpoint (`whe_…`) or app alone. @param livemode as of `Keyring.seal` */
export function sealSecret(keyring: Keyring, owner: string, secret: string, livemode: boolean): Sealed {
  return keyring.seal(secret, placeOf(owner), livemode);
} // prettier-ignore

/** What was sealed, or the plain form; null where there is neither. Throws an Error of one line when no key opens it. */
export function openSecret(keyring: Keyring, owner: string, kept: KeptSecret): string | null {
  const { secret, sealed, key_id } = kept;
  if (sealed === null || key_id === null) return secret;
  return keyring.open({ sealed, key_id }, placeOf(owner));
}

function placeOf(owner: string): string {
  return `the webhook secret of ${owner}`;
}

interface Columns {
  readonly secret: string;
  readonly sealed: string;
  readonly key_id: string;
}

function secretVault(table: string, { secret, sealed, key_id }: Columns): Vault {
  const others = prepared(
    `${table}_sealed_otherwise`,
    `select id, ${secret} as secret, ${sealed} as sealed, ${key_id} as key_id from ${table}
     where ${key_id} is distinct from $1 and id > $2 order by id fetch first $3 rows with ties`,
  );
  const write = prepared(
    `reseal_${table}`,
    `update ${table} t set ${secret} = null, ${sealed} = n.sealed, ${key_id} = $3
     from unnest($1::text[], $2::bytea[]) n (id, sealed) where t.id = n.id`,
  );
  return createVault(
    others,
    (keyring, row: KeptSecret & { readonly id: string }) =>
      keyring.seal(openSecret(keyring, row.id, row) ?? '', placeOf(row.id)).sealed,
    (rows, anew, keyId) => write(rows.map(({ id }) => id), anew, keyId), // prettier-ignore
  );
}

/** The secrets of the endpoints. */
export const endpointVault = secretVault('webhook_endpoints', {
  secret: 'secret',
  sealed: 'sealed',
  key_id: 'key_id',
});

/** Those that sign what goes to the `notify_url` of the apps' payments. */
export const appVault = secretVault('apps', {
  secret: 'webhook_secret',
  sealed: 'webhook_sealed',
  key_id: 'webhook_key_id',
});
