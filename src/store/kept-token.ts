import type { Keyring, Sealed } from './keyring.ts';
import { prepared } from './store.ts';
import { createVault } from './vault.ts';

/** What the channel knows a saved method by, as it is kept. */
export interface SealedMethod extends Sealed {
  /** The saved method's. */
  readonly id: string;
}

/**
 * The channel's token of a saved method, sealed for it alone. Throws `NoSecretKey` where there is no key.
 *
 * @param livemode as of `Keyring.seal`
 */
export function sealKept(keyring: Keyring, id: string, token: string, livemode: boolean): Sealed {
  return keyring.seal(token, placeOf(id), livemode);
}

/** What was sealed. Throws an Error of one line when no key opens it. */
export function openKept(keyring: Keyring, kept: SealedMethod): string {
  return keyring.open(kept, placeOf(kept.id));
}

function placeOf(id: string): string {
  return `payment method ${id}`;
}

const others = prepared(
  'methods_sealed_otherwise',
  `select id, sealed, key_id from payment_methods where key_id <> $1 and id > $2 order by id limit $3 for update`,
);

const write = prepared(
  'reseal_methods',
  `update payment_methods m set sealed = n.sealed, key_id = $3 from unnest($1::text[], $2::bytea[]) n (id, sealed)
   where m.id = n.id`,
);

/** Of the methods that a channel keeps. Locked meanwhile: one may be forgotten. */
export const methodVault = createVault(
  others,
  (keyring, row: SealedMethod) => sealKept(keyring, row.id, openKept(keyring, row), true).sealed,
  (rows, anew, keyId) => write(rows.map(({ id }) => id), anew, keyId), // prettier-ignore
);
