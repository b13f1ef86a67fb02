import {
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  createVerify,
  type KeyObject,
  privateDecrypt,
  randomBytes,
  sign,
} from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { rotation } from '../rotation.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { nextPlatformKeys as next } from './next-platform.ts';
import { channel } from './wording.ts';

const merchantKey = createPublicKey(keys.merchant_public_key);
const platformKey = createPrivateKey(keys.platform_private_key);
const publicKeyMode = createPrivateKey(keys.wechatpay_private_key);

const nextPlatformKey = createPrivateKey(next.next_platform_private_key);

/** WeChat's private key of that name. */
function keyOf(serial: string): KeyObject {
  if (serial === keys.wechatpay_public_key_id) return publicKeyMode;
  return serial === next.next_platform_serial ? nextPlatformKey : platformKey;
}

/** The platform certificate that signs: the next one once it was changed. */
function platformSerial(): string {
  return rotation.keyOf(channel) === 'next' ? next.next_platform_serial : keys.platform_serial;
}

/**
 * The name of the key that a caller wants to be answered with: of public-key mode where `Wechatpay-Serial` says so,
 * else of the platform certificate.
 */
export function serialNamed(headers: IncomingHttpHeaders): string {
  const asked = headers['wechatpay-serial'];
  return asked === keys.wechatpay_public_key_id ? asked : platformSerial();
}

/**
 * Headers that prove an answer or a callback to be WeChat's (channels.md 1.2).
 *
 * @param body the exact text that is sent
 * @param named the key that was asked for; of platform certificates it is the present one that signs, and older
 *   books name none
 * @param options another time or a key that is not WeChat's, for faults
 */
export function signedHeaders(
  body: string,
  named: string | undefined,
  options: { at?: number; privateKey?: KeyObject } = {},
): Record<string, string> {
  const serial = named === keys.wechatpay_public_key_id ? named : platformSerial();
  const timestamp = String(Math.floor((options.at ?? Date.now()) / 1_000));
  const nonce = randomBytes(16).toString('hex');
  const message = Buffer.from(`${timestamp}\n${nonce}\n${body}\n`);
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': sign('sha256', message, options.privateKey ?? keyOf(serial)).toString(
      'base64',
    ),
    'Wechatpay-Serial': serial,
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

/**
 * Why a request is not the merchant's, or null when it is (channels.md 1.1).
 *
 * @param method the HTTP method
 * @param target path and query as they came
 * @param body the exact text that came
 * @param header the Authorization header
 */
export function complaint(
  method: string,
  target: string,
  body: string,
  header: string | undefined,
): string | null {
  const scheme = 'WECHATPAY2-SHA256-RSA2048 ';
  if (!header?.startsWith(scheme)) return 'no WECHATPAY2-SHA256-RSA2048 authorization';
  const pairs = new Map(
    [...header.slice(scheme.length).matchAll(/(\w+)="([^"]*)"/g)].map((pair) => [pair[1], pair[2]]),
  );
  const timestamp = pairs.get('timestamp');
  const nonce = pairs.get('nonce_str');
  const signature = pairs.get('signature');
  if (pairs.get('mchid') !== keys.mchid || pairs.get('serial_no') !== keys.merchant_serial)
    return 'unknown merchant or certificate';
  if (!timestamp || !nonce || !signature) return 'timestamp, nonce_str or signature is missing';
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300)
    return 'the timestamp is more than 5 minutes off';
  const message = [method, target, timestamp, nonce, body, ''].join('\n');
  return isMerchants(message, signature) ? null : 'the signature does not fit';
}

/** Did the merchant sign this text? */
export function isMerchants(text: string, signature: string): boolean {
  return createVerify('sha256').update(text).verify(merchantKey, signature, 'base64');
}

/**
 * A member that the merchant encrypted for WeChat (channels.md 1.7), or null when it is none under this key. Of two
 * platform certificates both will do while one takes over from the other.
 */
export function decrypted(text: string, serial: string): string | null {
  const inMode = serial === keys.wechatpay_public_key_id;
  for (const key of inMode ? [publicKeyMode] : [platformKey, nextPlatformKey])
    try {
      return privateDecrypt(key, Buffer.from(text, 'base64')).toString(); // OAEP with SHA-1
    } catch {
      continue;
    }
  return null;
}

/** A text as WeChat encrypts it. */
export interface Encrypted {
  readonly algorithm: 'AEAD_AES_256_GCM';
  readonly ciphertext: string;
  readonly associated_data: string;
  readonly nonce: string;
}

/**
 * AES-256-GCM under the APIv3 key, the tag at the end (channels.md 1.3).
 *
 * @param text what is encrypted
 * @param associated_data authenticated with it
 * @param options `tamper`: one bit of the ciphertext is flipped afterwards
 */
export function encrypt(
  text: string,
  associated_data: string,
  options: { tamper?: boolean } = {},
): Encrypted {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', keys.api_v3_key, nonce);
  cipher.setAAD(Buffer.from(associated_data));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  if (options.tamper) sealed.writeUInt8(sealed.readUInt8(0) ^ 1, 0);
  const ciphertext = sealed.toString('base64');
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext, associated_data, nonce };
}
