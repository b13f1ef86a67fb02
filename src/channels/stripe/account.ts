import { z } from 'zod';

import { parserOf } from '../settings.ts';

/** The settings of a merchant's account at Stripe. */
const account = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
  /** A secret or restricted key; its prefix says whether money is real. */
  api_key: z.string().regex(/^[sr]k_(test|live)_\w{1,200}$/, 'must be a secret or restricted key'),
  /** Of the webhook endpoint; two while its secret is rolled. */
  webhook_secrets: z
    .array(z.string().regex(/^whsec_[\x21-\x7e]{1,200}$/, 'must begin with whsec_'))
    .min(1, 'must hold a secret, or no webhook can be believed'),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws `WrongSettings`, which names every wrong member, without its value. */
export const parseAccount = parserOf('stripe', account);

/** Does this account move real money? Every object of Stripe says of itself whether it does. */
export function isLive({ api_key }: Account): boolean {
  return /^[sr]k_live_/.test(api_key);
}
