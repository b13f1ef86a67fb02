import { createCipheriv, createVerify, randomBytes, sign } from 'node:crypto';

import { wechatPayKeys as keys } from './keys.ts';

/** Headers that prove an answer or a callback to be WeChat's (channels.md 1.2), over the exact bytes. */
export function signedHeaders(
  body: string,
  options: { at?: number; privateKey?: string } = {},
): Record<string, string> {
  const timestamp = String(Math.floor((options.at ?? Date.now()) / 1_000));
  const nonce = randomBytes(16).toString('hex');
  const message = `${timestamp}\n${nonce}\n${body}\n`;
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': sign(
      'sha256',
      Buffer.from(message),
      options.privateKey ?? keys.platform_private_key,
    ).toString('base64'),
    'Wechatpay-Serial': keys.platform_serial,
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

/** Why a request is not the merchant's, or null when it is (channels.md 1.1). */
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
  const [timestamp, nonce, signature] = [
    pairs.get('timestamp'),
    pairs.get('nonce_str'),
    pairs.get('signature'),
  ];
  if (pairs.get('mchid') !== keys.mchid || pairs.get('serial_no') !== keys.merchant_serial)
    return 'unknown merchant or certificate';
  if (!timestamp || !nonce || !signature) return 'timestamp, nonce_str or signature is missing';
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300)
    return 'the timestamp is more than 5 minutes off';
  const verifier = createVerify('sha256').update(
    [method, target, timestamp, nonce, body, ''].join('\n'),
  );
  return verifier.verify(keys.merchant_public_key, signature, 'base64')
    ? null
    : 'the signature does not fit';
}

/** A resource as WeChat encrypts it: AES-256-GCM under the APIv3 key, the tag at the end (channels.md 1.3). */
export function encrypt(
  text: string,
  associated_data: string,
  options: { tamper?: boolean } = {},
): object {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', keys.api_v3_key, nonce);
  cipher.setAAD(Buffer.from(associated_data));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  if (options.tamper) sealed.writeUInt8(sealed.readUInt8(0) ^ 1, 0);
  return {
    original_type: associated_data,
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    associated_data,
    nonce,
  };
}
