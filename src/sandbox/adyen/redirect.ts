import { createHmac, timingSafeEqual } from 'node:crypto';

import { adyenKeys as keys } from './keys.ts';
import type { AdyenOptions, Payment } from './payment.ts';

/** Where the payer is sent to prove that the card is his. */
export const redirectPath = '/checkoutshopper/threeDS/redirect';

/** What says which payment a payer is about: on the page, and when he is back. Neither is guessed. */
type Purpose = 'page' | 'result';

function sealOf(pspReference: string, purpose: Purpose): string {
  const text = `${purpose} ${pspReference}`;
  return createHmac('sha256', keys.api_key).update(text).digest('base64url');
}

function sealed({ psp_reference }: Payment, purpose: Purpose): string {
  return `X6XtfGC3!${psp_reference}${sealOf(psp_reference, purpose)}`;
}

/** The number of the payment that a sealed text is about, or null when nobody sealed it. */
export function opened(text: string, purpose: Purpose): string | null {
  const [, number = '', seal = ''] = /^X6XtfGC3!(\w{16})([\w-]{43})$/.exec(text) ?? [];
  const right = Buffer.from(sealOf(number, purpose));
  const given = Buffer.from(seal);
  return given.length === right.length && timingSafeEqual(given, right) ? number : null;
}

/** The page of a payment. */
export function pageUrl({ origin }: AdyenOptions, payment: Payment): string {
  const url = new URL(origin + redirectPath);
  url.searchParams.set('MD', sealed(payment, 'page'));
  return url.href;
}

/** Where a payer goes who is done on the page, with the `redirectResult` that the merchant hands on. */
export function returnUrl(payment: Payment): string {
  const url = new URL(payment.return_url);
  url.searchParams.set('redirectResult', sealed(payment, 'result'));
  return url.href;
}
