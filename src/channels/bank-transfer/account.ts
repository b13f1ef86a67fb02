import { z } from 'zod';

import { ed25519PrivateKey, ed25519PublicKey, name, parserOf } from '../settings.ts';

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
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws `WrongSettings`, which names every wrong member, without its value. */
export const parseAccount = parserOf('bank-transfer', account);
