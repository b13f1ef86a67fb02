import { createDecipheriv, type KeyObject, randomBytes, sign, verify } from 'node:crypto';

import { isBase64 } from '../text.ts';
import type { Account } from './account.ts';

/** Clock skew that WeChat allows, both ways (channels.md 1.2). */
const skewMs = 300_000;

/**
 * The `Authorization` of one request (channels.md 1.1, WechatPay2Credential): method, path with query,
 * timestamp, nonce and body, a line each, signed with the merchant's key.
 */
export function authorization(
  account: Account,
  method: string,
  url: string,
  body: string,
  now: Date,
): string {
  const { pathname, search } = new URL(url);
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const nonce = randomBytes(16).toString('hex');
  const signature = signedLines(account, [method, pathname + search, timestamp, nonce, body]);
  const pairs = {
    mchid: account.mchid,
    nonce_str: nonce,
    timestamp,
    serial_no: account.merchant_serial,
    signature,
  };
  const text = Object.entries(pairs).map(([name, value]) => `${name}="${value}"`);
  return `WECHATPAY2-SHA256-RSA2048 ${text.join(',')}`;
}

/** The merchant's signature over these, each ended by a line feed. */
export function signedLines(account: Account, lines: readonly string[]): string {
  const message = lines.map((line) => `${line}\n`).join('');
  return sign('sha256', Buffer.from(message), account.merchant_private_key).toString('base64');
}

/**
 * The key that WeChat is to sign its reply with: its public key where the account has one, else the certificate.
 * Undefined while two of them rotate: the choice is WeChat's, and either is believed.
 */
export function expectedKey({ platform_keys }: Account): string | undefined {
  const serials = Object.keys(platform_keys);
  const publicKeys = serials.filter((serial) => serial.startsWith('PUB_KEY_ID_'));
  const [one, ...others] = publicKeys.length > 0 ? publicKeys : serials;
  return others.length === 0 ? one : undefined;
}

export type Verification = 'genuine' | 'stale' | 'forged';

/**
 * Is this reply or callback WeChat's own? Over the raw bytes (channels.md 1.2, WechatPay2Validator).
 * `stale`: signed by WeChat, but not within five minutes of `now`.
 */
export function verification(
  account: Account,
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  now: Date,
): Verification {
  const timestamp = headers['wechatpay-timestamp'] ?? '';
  const nonce = headers['wechatpay-nonce'] ?? '';
  const key = keyOf(account, headers['wechatpay-serial'] ?? '');
  const signature = headers['wechatpay-signature'] ?? '';
  // A probe of WeChat's, `WECHATPAY/SIGNTEST/…`, is no base64 and must fail.
  if (!key || !nonce || !/^\d{1,12}$/.test(timestamp) || !isBase64(signature)) return 'forged';
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
  if (!verify('sha256', message, key, Buffer.from(signature, 'base64'))) return 'forged';
  return Math.abs(now.getTime() - Number(timestamp) * 1_000) < skewMs ? 'genuine' : 'stale';
}

/** Own members only: a serial named `constructor` is not a key. */
function keyOf({ platform_keys }: Account, serial: string): KeyObject | undefined {
  return Object.hasOwn(platform_keys, serial) ? platform_keys[serial] : undefined;
}

/**
 * Decrypts a callback's resource (channels.md 1.3: AES-256-GCM, the tag at the end). Null when it was
 * tampered with: `final()` is what checks the tag (wechatpay-node-v3 forgets it and accepts forgeries).
 */
export function decrypt(
  account: Account,
  resource: { ciphertext: string; nonce: string; associated_data: string },
): string | null {
  const sealed = Buffer.from(resource.ciphertext, 'base64');
  if (sealed.length < 16 || resource.nonce.length === 0) return null;
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      account.api_v3_key,
      Buffer.from(resource.nonce),
    );
    decipher.setAAD(Buffer.from(resource.associated_data));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return null;
  }
}
