import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Account } from './account.ts';
import type { Notification } from './notification.ts';

/** What is signed of a notification, and nothing else of it (docs: HMAC signatures); what it lacks is empty. */
export function signedText(item: Notification): string {
  const { pspReference, originalReference, merchantAccountCode, merchantReference, amount } = item;
  const { eventCode, success } = item;
  const money = [amount?.value, amount?.currency];
  return [pspReference, originalReference, merchantAccountCode, merchantReference, ...money, eventCode, success]
    .map((part) => part ?? '')
    .join(':');
} // prettier-ignore

/** Is this notification Adyen's own, by one of the account's keys? */
export function isGenuine({ hmac_keys }: Account, item: Notification): boolean {
  const told = Buffer.from(item.additionalData?.['hmacSignature'] ?? '', 'base64');
  const text = signedText(item);
  return hmac_keys.some((key) => {
    const made = createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest();
    return told.length === made.length && timingSafeEqual(told, made);
  });
}
