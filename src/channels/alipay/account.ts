import { z } from 'zod';

import { name, parserOf, privateKey, publicKey } from '../settings.ts';

/** The settings of a merchant's app at Alipay's open platform, in its mode of public keys. */
const account = z.strictObject({
  /** Every call goes to one address there. */
  base_url: z.url({ protocol: /^https?$/ }).default('https://openapi.alipay.com'),
  app_id: name,
  /** The merchant's own number (PID): notices name it. */
  seller_id: name,
  app_private_key: privateKey,
  /** Alipay's, not the app's; two while it is changed. */
  alipay_public_keys: z.array(publicKey).min(1, 'must hold a key, or no reply can be believed'),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws an Error that names every wrong member, without its value. */
export const parseAccount = parserOf('alipay', account);
