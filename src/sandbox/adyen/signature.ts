import { createHmac } from 'node:crypto';

import { rotation } from '../rotation.ts';
import { adyenKeys as keys } from './keys.ts';
import type { Item } from './notification.ts';
import { channel } from './wording.ts';

/** The webhook's key; a notification bears one signature, so a new key takes the old one's place at once. */
function presentKey(): string {
  return rotation.keyOf(channel) === 'next' ? keys.next_hmac_key : keys.hmac_key;
}

/**
 * `additionalData.hmacSignature` of a notification (channels.md 5): HMAC-SHA256 over eight of its members, joined by
 * colons; what is missing is empty.
 *
 * @param hmacKey hexadecimal, another than the webhook's for faults
 */
export function signatureOf(item: Item, hmacKey: string = presentKey()): string {
  const { pspReference, originalReference, merchantAccountCode, merchantReference } = item;
  const { amount, eventCode, success } = item;
  const signed = [
    pspReference, originalReference, merchantAccountCode, merchantReference, amount?.value, amount?.currency, eventCode,
    success,
  ]; // prettier-ignore
  const text = signed.map((member) => member ?? '').join(':');
  return createHmac('sha256', Buffer.from(hmacKey, 'hex')).update(text).digest('base64');
}
