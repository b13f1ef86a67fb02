import { z } from 'zod';

import { name, parserOf, publicKey } from '../settings.ts';

const text = z.string().regex(/^[\x21-\x7e]{1,256}$/, 'must be printable, without spaces');

/** The settings of a merchant's REST app at PayPal. */
const account = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }).default('https://api-m.paypal.com'),
  client_id: text,
  client_secret: text,
  /** The merchant's own account (payer id): orders and notices name it. */
  merchant_id: name,
  /** Of the app's webhook: it is part of what is signed, so that no other app's notice is taken. */
  webhook_id: name,
  /**
   * What signs the notices: what stands at the address in their `PAYPAL-CERT-URL` (PEM), two while it is changed. Held
   * here and not fetched, for a notice is verified without a call; so its address, which anybody could write there,
   * is not believed, and no list of hosts is needed.
   */
  webhook_certificates: z
    .array(publicKey)
    .min(1, 'must hold a certificate, or no webhook can be believed'),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws `WrongSettings`, which names every wrong member, without its value. */
export const parseAccount = parserOf('paypal', account);

/** PayPal's hosts, by whether their money is real. */
export const hosts = { 'api-m.paypal.com': true, 'api-m.sandbox.paypal.com': false } as const;

/** Does this account move real money? Its keys do not say it, but each of PayPal's two worlds has a host of its own. */
export function isLive({ base_url }: Account): boolean | null {
  const { host } = new URL(base_url);
  return new Map<string, boolean>(Object.entries(hosts)).get(host) ?? null;
}
