import { z } from 'zod';

import { policyByDefault } from '../../domain/credit-policy.ts';
import { ed25519PrivateKey, ed25519PublicKey, name, parserOf } from '../settings.ts';

/** What virtual accounts are kept in. */
export const currencies = [
  'AED', 'AUD', 'BHD', 'CAD', 'CHF', 'CNY', 'CZK', 'DKK', 'EUR', 'GBP', 'HKD', 'JPY', 'KRW', 'KWD', 'NOK', 'NZD', 'PLN', 'SEK',
  'SGD', 'THB', 'USD',
] as const; // prettier-ignore

/** So many minor units of a currency: what banks keep on the way is some units of it, and never a fortune. */
const acceptWithin = z
  .partialRecord(z.enum(currencies), z.int().min(1).max(100_000))
  .refine((amounts) => Object.keys(amounts).length > 0, 'must name a currency');

/** The settings of a merchant who is a customer of the bank (docs/channels/bank-transfer.md). No bank is the default one. */
const account = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }),
  customer: name,
  customer_key_id: name,
  customer_private_key: ed25519PrivateKey,
  /** By key id; several while they rotate. */
  bank_keys: z
    .record(name, ed25519PublicKey)
    .refine((keys) => Object.keys(keys).length > 0, 'must hold a key, or no reply can be believed'),
  /** What becomes of too little and of too much (decision 0044). */
  underpayment: z
    .union([z.enum(['wait', 'refund']), z.strictObject({ accept_within: acceptWithin })])
    .default(policyByDefault.underpayment as 'wait'),
  overpayment: z.enum(['refund_rest', 'case']).default(policyByDefault.overpayment),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws `WrongSettings`, which names every wrong member, without its value. */
export const parseAccount = parserOf('bank-transfer', account);
