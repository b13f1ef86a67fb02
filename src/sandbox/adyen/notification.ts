import { clock } from '../clock.ts';
import type { RefundEntry } from '../transaction.ts';
import { adyenKeys as keys } from './keys.ts';
import type { Amount } from './money.ts';
import type { AdyenOptions, Cancel, Capture, Payment } from './payment.ts';
import type { OwnRefund } from './refund.ts';
import { channel } from './wording.ts';

/** What a standard webhook says of one event; kept as it is, signed afresh for each try. */
export interface Item {
  readonly eventCode: string;
  readonly success: 'true' | 'false' | null;
  readonly eventDate?: string;
  readonly pspReference: string;
  /** The payment's number, when this is about a modification of it. */
  readonly originalReference?: string;
  readonly merchantAccountCode: string;
  readonly merchantReference: string | null;
  readonly amount: Amount | null;
  readonly paymentMethod?: string;
  readonly operations?: readonly string[];
  readonly reason?: string;
  readonly additionalData?: Readonly<Record<string, string>>;
}

/** What each event says besides what all of them say. */
type Said = Omit<Item, 'eventDate' | 'merchantAccountCode' | 'success'> & {
  readonly success: boolean;
};

/** The payment was authorised, or refused. What is captured at once has no event of its own. */
export function tellAuthorisation(options: AdyenOptions, payment: Payment): void {
  const { psp_reference: pspReference, reference: merchantReference, refusal } = payment;
  const isAuthorised = refusal === null;
  send(options, payment.reference, null, {
    eventCode: 'AUTHORISATION',
    success: isAuthorised,
    pspReference,
    merchantReference,
    amount: amountOf(payment),
    paymentMethod: 'visa',
    ...(isAuthorised ? { operations: ['CANCEL', 'CAPTURE', 'REFUND'] } : {}),
    reason: isAuthorised ? `${authCodeOf(payment)}:1111:03/2030` : refusal.reason,
    additionalData: {
      cardSummary: '1111',
      expiryDate: '03/2030',
      ...(isAuthorised ? { authCode: authCodeOf(payment) } : {}),
    },
  });
}

/** What the issuer gave the authorisation as its number. */
export function authCodeOf({ psp_reference }: Payment): string {
  return String(Buffer.from(psp_reference).readUInt32BE(8) % 1_000_000).padStart(6, '0');
}

/** A capture was done, could not be done, or was rejected by the scheme afterwards. */
export function tellCapture(
  options: AdyenOptions,
  payment: Payment,
  { psp_reference, reference, amount, state }: Capture,
  reason = '',
): void {
  const value = { currency: payment.currency, value: amount };
  modified(options, payment, { psp_reference, reference }, value, {
    eventCode: state === 'failed' ? 'CAPTURE_FAILED' : 'CAPTURE',
    success: state !== 'refused',
    reason: state === 'failed' ? 'Capture Failed' : reason,
  });
}

/**
 * A cancel was done, or could not be.
 *
 * @param reason why not, or ''
 * @param action what a reversal came to
 */
export function tellCancel(
  options: AdyenOptions,
  payment: Payment,
  { psp_reference, reference, event }: Cancel,
  reason: string,
  action: 'cancel' | 'refund' = 'cancel',
): void {
  const isReversal = event === 'CANCEL_OR_REFUND';
  const named = event === 'TECHNICAL_CANCEL' ? payment.reference : reference;
  modified(options, payment, { psp_reference, reference: named }, amountOf(payment), {
    eventCode: event,
    success: reason === '',
    reason,
    ...(isReversal ? { additionalData: { 'modification.action': action } } : {}),
  });
}

/** A technical cancel found no payment under the merchant's number. */
export function tellNothingToCancel(
  options: AdyenOptions,
  pspReference: string,
  reference: string,
): void {
  send(options, reference, null, {
    eventCode: 'TECHNICAL_CANCEL',
    success: false,
    pspReference,
    merchantReference: reference,
    amount: { currency: 'EUR', value: 0 },
    reason: 'Original payment not found',
  });
}

/** What was held and not captured went back by itself. */
export function tellExpiry(options: AdyenOptions, payment: Payment, left: number): void {
  send(options, payment.reference, null, {
    eventCode: 'EXPIRE',
    success: true,
    pspReference: payment.psp_reference,
    merchantReference: payment.reference,
    amount: { currency: payment.currency, value: left },
    paymentMethod: 'visa',
    reason: '',
  });
}

/** A payer who was sent to his bank did not come back in time. */
export function tellOfferClosed(options: AdyenOptions, payment: Payment): void {
  send(options, payment.reference, null, {
    eventCode: 'OFFER_CLOSED',
    success: true,
    pspReference: payment.psp_reference,
    merchantReference: payment.reference,
    amount: amountOf(payment),
    paymentMethod: 'visa',
    reason: '',
  });
}

/** What became of a refund: `REFUND`, and what may come after one that succeeded. */
export function tellRefund(
  options: AdyenOptions,
  payment: Payment,
  refund: RefundEntry,
  eventCode: 'REFUND' | 'REFUND_FAILED' | 'REFUNDED_REVERSED',
  reason = '',
): void {
  const { amount, given_reference } = refund.own as OwnRefund;
  const value = { currency: payment.currency, value: amount };
  const about = { psp_reference: refund.refund_id, reference: given_reference };
  const success = eventCode !== 'REFUND' || refund.state === 'succeeded';
  modified(options, payment, about, value, { eventCode, success, reason }, refund);
}

/** A report can be downloaded: `pspReference` is its name, and `reason` says where it is. */
export function tellReport(options: AdyenOptions, file: string): void {
  const path = `/reports/download/MerchantAccount/${keys.merchant_account}/${file}`;
  send(options, file, null, {
    eventCode: 'REPORT_AVAILABLE',
    success: true,
    pspReference: file,
    merchantReference: '',
    amount: { currency: 'EUR', value: 0 },
    reason: options.origin + path,
  });
}

function amountOf({ currency, amount }: Payment): Amount {
  return { currency, value: amount };
}

/** An event of a modification: `merchantReference` is its own number, else the payment's. */
function modified(
  options: AdyenOptions,
  payment: Payment,
  { psp_reference, reference }: Pick<Capture, 'psp_reference' | 'reference'>,
  amount: Amount,
  said: Pick<Said, 'eventCode' | 'success'> & Partial<Said>,
  refund: RefundEntry | null = null,
): void {
  send(options, payment.reference, refund, {
    pspReference: psp_reference,
    originalReference: payment.psp_reference,
    merchantReference: reference ?? payment.reference,
    amount,
    paymentMethod: 'visa',
    ...said,
  });
}

function send(
  { deliverer, webhookUrl }: AdyenOptions,
  reference: string,
  refund: RefundEntry | null,
  { success, ...said }: Said,
): void {
  const notice: Item = {
    ...said,
    success: success ? 'true' : 'false',
    eventDate: `${new Date(clock.now()).toISOString().slice(0, 19)}+00:00`,
    merchantAccountCode: keys.merchant_account,
  };
  const about = { reference, refund: refund?.reference ?? null };
  deliverer.enqueue({ channel, ...about, url: webhookUrl, notice });
}
