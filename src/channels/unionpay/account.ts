import { z } from 'zod';

import { parserOf, privateKey, publicKey } from '../settings.ts';

/** UnionPay's own hosts, and whether money there is real. */
export const hosts: Readonly<Record<string, boolean>> = {
  'gateway.95516.com': true,
  'gateway.test.95516.com': false,
};

/** Where bills are, for each of them (docs/channels/unionpay.md 7). */
const billHosts: Readonly<Record<string, string>> = {
  'gateway.95516.com': 'filedownload.95516.com',
  'gateway.test.95516.com': 'filedownload.test.95516.com',
};

/** Where the account's bills are: what is not UnionPay's own, like its sandbox, has one host for all. */
export function billsAt({ base_url }: Account): string {
  const url = new URL(base_url);
  url.hostname = billHosts[url.hostname] ?? url.hostname;
  return url.origin;
}

/** The settings of a merchant at UnionPay, in its mode of certificates. */
const account = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }).default('https://gateway.95516.com'),
  /** The merchant's number. */
  mer_id: z.string().regex(/^[0-9A-Za-z]{15}$/, 'must be 15 letters and digits'),
  /** Serial number of the merchant's certificate, as UnionPay writes it. */
  cert_id: z.string().regex(/^\d{1,50}$/, 'must be a decimal number'),
  merchant_private_key: privateKey,
  /** UnionPay's signing certificates: two while one is changed. That a message brings its own proves nothing. */
  unionpay_certificates: z.array(publicKey).min(1, 'must hold one, or no reply can be believed'),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws an Error that names every wrong member, without its value. */
export const parseAccount = parserOf('unionpay', account);

/** Is the money of this account real? Null where the host is none of UnionPay's. */
export function isLive({ base_url }: Account): boolean | null {
  return hosts[new URL(base_url).hostname] ?? null;
}
