import type { Consent } from '../domain/payment-method.ts';
import type { Keyring } from './keyring.ts';
import { prepared } from './store.ts';
import { createVault } from './vault.ts';

/** What a customer agreed to and from where, sealed; when he did stays to be read. */
export interface SealedConsent {
  /** Base64. */
  readonly sealed: string;
  readonly key_id: string;
  readonly given_at: string;
}

/** As it is kept. What is of the plain form was kept before consents were sealed. */
export type KeptConsent = SealedConsent | Consent;

/**
 * The consent, sealed for this saved method alone. Throws `NoSecretKey` where there is no key.
 *
 * @param livemode as of `Keyring.seal`
 */
export function sealConsent(
  keyring: Keyring,
  id: string,
  { text, ip }: Omit<Consent, 'given_at'>,
  livemode: boolean,
): Omit<SealedConsent, 'given_at'> {
  const { sealed, key_id } = keyring.seal(JSON.stringify({ text, ip }), placeOf(id), livemode);
  return { sealed: sealed.toString('base64'), key_id };
}

/** What was agreed to. Throws an Error of one line when no key opens it. */
export function openConsent(keyring: Keyring, id: string, kept: KeptConsent): Consent {
  if (!('sealed' in kept)) return kept;
  const { key_id, sealed, given_at } = kept;
  const agreed = keyring.open({ key_id, sealed: Buffer.from(sealed, 'base64') }, placeOf(id));
  return { ...(JSON.parse(agreed) as Omit<Consent, 'given_at'>), given_at };
}

function placeOf(id: string): string {
  return `the consent to payment method ${id}`;
}

interface Row {
  readonly id: string;
  readonly consent: KeptConsent;
}

const others = prepared(
  'consents_sealed_otherwise',
  `select id, consent from payment_methods where consent ->> 'key_id' is distinct from $1 and id > $2 order by id limit $3
   for update`,
);

const write = prepared(
  'reseal_consents',
  `update payment_methods m
   set consent = jsonb_build_object('sealed', n.sealed, 'key_id', $3::text, 'given_at', m.consent -> 'given_at')
   from unnest($1::text[], $2::text[]) n (id, sealed) where m.id = n.id`,
);

/** Of the saved methods, those that were withdrawn too: what was agreed to stays. */
export const consentVault = createVault(
  others,
  (keyring, { id, consent }: Row) =>
    sealConsent(keyring, id, openConsent(keyring, id, consent), true).sealed,
  (rows, anew, keyId) => write(rows.map(({ id }) => id), anew, keyId), // prettier-ignore
);
