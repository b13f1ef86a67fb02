import { z } from 'zod';

import { name, parserOf } from '../settings.ts';
import { delayDaysByDefault } from './settlement-delay.ts';

const text = z.string().regex(/^[\x21-\x7e]{1,512}$/, 'must be printable, without spaces');
const key = z.string().regex(/^([0-9a-fA-F]{2}){16,64}$/, 'must be hexadecimal, as Adyen shows it');

/** Beyond any that Adyen names: 20 business days, and 30 days for cards in Brazil. */
const delayDaysMax = 45;
const delayRange = `must be 0 to ${delayDaysMax} business days, a whole number`;

/** The settings of a merchant account at Adyen. */
const account = z.strictObject({
  /** Of the live world with the account's own prefix: https://PREFIX-checkout-live.adyenpayments.com/checkout */
  base_url: z.url({ protocol: /^https?$/ }).default('https://checkout-test.adyen.com'),
  merchant_account: name,
  /** Of the web service user that pays, captures and refunds. */
  api_key: text,
  /** Of the report user, who may read reports and nothing else; without it no report is read. */
  report_api_key: text.optional(),
  /** Of the standard webhook: two while one takes the place of the other. */
  hmac_keys: z.array(key).min(1, 'must hold a key, or no webhook can be believed'),
  /** As arranged with Adyen, in business days: what is in no report is held never to have happened so much later (decision 0059). */
  settlement_delay_days: z
    .int(delayRange)
    .min(0, delayRange)
    .max(delayDaysMax, delayRange)
    .default(delayDaysByDefault),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws `WrongSettings`, which names every wrong member, without its value. */
export const parseAccount = parserOf('adyen', account);

const test = 'checkout-test.adyen.com';
const live = '-checkout-live.adyenpayments.com';

/** Adyen's own hosts; `*` is the prefix that each live account has. */
export const hosts = [test, `*${live}`] as const;

/** Does this account move real money? Each of Adyen's two worlds has hosts of its own. */
export function isLive({ base_url }: Account): boolean | null {
  const { host } = new URL(base_url);
  if (host.endsWith(live)) return true;
  return host === test ? false : null;
}

/** Where reports are read: the Customer Area of the same world. */
export function reportsAt(account: Account): string {
  const { base_url } = account;
  const isReal = isLive(account);
  if (isReal === null) return new URL(base_url).origin;
  return isReal ? 'https://ca-live.adyen.com' : 'https://ca-test.adyen.com';
}
