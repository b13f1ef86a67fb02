import type { Keyring, Sealed } from './keyring.ts';

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

/** The person, sealed for this customer alone. Throws `NoSecretKey` where there is no key. */
export function sealPerson(keyring: Keyring, id: string, person: Person): Sealed {
  return keyring.seal(JSON.stringify(person), placeOf(id));
}

/** What was sealed. Throws an Error of one line when no key opens it. */
export function openPerson(keyring: Keyring, kept: SealedPerson): Person {
  return JSON.parse(keyring.open(kept, placeOf(kept.id))) as Person;
}

function placeOf(id: string): string {
  return `customer ${id}`;
}
