import { createHmac } from 'node:crypto';

import type { Merchant } from './merchant.ts';

/** Sends a notice of Adyen's about this payment, signed as anyone can sign it with the published test key (contract section 7). */
export async function sendAdyenItem(
  merchant: Merchant,
  payment: any,
  given: { eventCode: string; pspReference: string; [member: string]: unknown },
): Promise<number> {
  const { adyen } = (await merchant.control('GET', '/control/keys')).body;
  const item: any = {
    success: 'true', eventDate: new Date().toISOString(), originalReference: payment.channel_reference,
    merchantAccountCode: adyen.merchant_account, merchantReference: payment.attempts.at(-1).reference,
    amount: { value: payment.amount, currency: payment.currency }, ...given,
  }; // prettier-ignore
  const { value, currency } = item.amount;
  const text = [item.pspReference, item.originalReference, item.merchantAccountCode, item.merchantReference, value, currency, item.eventCode, item.success].join(':'); // prettier-ignore
  const hmacSignature = createHmac('sha256', Buffer.from(adyen.hmac_key, 'hex')).update(text).digest('base64'); // prettier-ignore
  const signed = { NotificationRequestItem: { ...item, additionalData: { hmacSignature } } };
  const { status } = await fetch(`${merchant.ready.api}/v1/callbacks/adyen/${adyen.channel_account}`, {
    method: 'POST',
    body: JSON.stringify({ live: 'false', notificationItems: [signed] }),
  }); // prettier-ignore
  return status;
}
