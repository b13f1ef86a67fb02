import type { Keyring, Sealed } from './keyring.ts';
import { prepared } from './store.ts';
import { createVault } from './vault.ts';

/** What names a customer, and what his merchant notes about him: kept sealed, for that may name him too. */
export interface Person {
  readonly name: string | null;
  readonly email: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The person behind a customer as he is kept. */
export interface SealedPerson extends Sealed {
  /** The customer's. */
  readonly id: string;
}

/**
 * The person, sealed for this customer alone. Throws `NoSecretKey` where there is no key.
 *
 * @param livemode as of `Keyring.seal`
 */
export function sealPerson(keyring: Keyring, id: string, person: Person, livemode: boolean): Sealed {
  return keyring.seal(JSON.stringify(person), placeOf(id), livemode);
} // prettier-ignore

/** What was sealed. Throws an Error of one line when no key opens it. */
export function openPerson(keyring: Keyring, kept: SealedPerson): Person {
  return JSON.parse(keyring.open(kept, placeOf(kept.id))) as Person;
}

function placeOf(id: string): string {
  return `customer ${id}`;
}

const others = prepared(
  'customers_sealed_otherwise',
  `select id, sealed, key_id from customers where key_id <> $1 and id > $2 order by id limit $3 for update`,
);

const write = prepared(
  'reseal_customers',
  `update customers c set sealed = n.sealed, key_id = $3 from unnest($1::text[], $2::bytea[]) n (id, sealed) where c.id = n.id`,
);

/** Of the customers that are not removed. Locked meanwhile: a person changes. */
export const customerVault = createVault(
  others,
  (keyring, row: SealedPerson) =>
    sealPerson(keyring, row.id, openPerson(keyring, row), true).sealed,
  (rows, anew, keyId) => write(rows.map(({ id }) => id), anew, keyId), // prettier-ignore
);
