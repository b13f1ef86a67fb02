import { isId } from '../../domain/id.ts';
import type { Money } from '../../domain/money.ts';
import type { CaptureNotice, Notice, QueryAnswer, RefundAnswer } from '../../domain/outcome.ts';
import type { CallbackReading, RawCallback } from '../callback.ts';
import { type Account, isLive } from './account.ts';
import { disputeOf, isOfDispute } from './dispute.ts';
import { refusalOf } from './failure.ts';
import { fromWire } from './money.ts';
import { itemOf, type Notification } from './notification.ts';
import { holdEnds } from './payment.ts';
import { isReport } from './report.ts';
import { isGenuine } from './signature.ts';

/** Verifies one item and reads it. Adyen sends the same for 30 days, so its age says nothing; the amount is compared by the caller. */
export function readCallback(account: Account, { body }: RawCallback, now: Date): CallbackReading {
  const read = itemOf(body);
  if (!read) return { kind: 'forged', detail: 'no notification, so nothing that is signed' };
  const { item, live } = read;
  if (!isGenuine(account, item)) return { kind: 'forged', detail: 'not signed by a key of the account' };
  if (item.merchantAccountCode !== account.merchant_account)
    return { kind: 'foreign', detail: `a notice for the merchant ${item.merchantAccountCode}` };
  if (live !== (isLive(account) ?? false))
    return { kind: 'foreign', detail: `a notice of the ${live ? 'live' : 'test'} world` };
  return tell(item, now);
} // prettier-ignore

function tell(item: Notification, now: Date): CallbackReading {
  if (item.success !== 'true' && item.success !== 'false') return meaningless(item);
  const isDone = item.success === 'true';
  switch (item.eventCode) {
    case 'AUTHORISATION':
      return ofAttempt(item, isDone ? authorised(item, now) : refused(item));
    case 'CANCELLATION':
    case 'TECHNICAL_CANCEL':
      return isDone ? ofAttempt(item, { kind: 'closed' }) : passOver(item, 'was not canceled');
    case 'EXPIRE':
      return ofAttempt(item, { kind: 'closed' });
    case 'CAPTURE':
      return ofCapture(item, isDone ? captured(item) : refused(item));
    case 'CAPTURE_FAILED':
      return ofCapture(item, bounced(item));
    case 'REFUND':
    case 'CANCEL_OR_REFUND': // a reversal of ours: either way the payer has all of it back
      return ofRefund(item, isDone ? 'succeeded' : 'failed');
    case 'REFUND_FAILED':
    case 'REFUNDED_REVERSED':
      return ofRefund(item, 'failed');
    case 'REPORT_AVAILABLE':
      return ofReport(item);
    default: // also of tomorrow: accepted, and nothing is learned from it
      if (isDone && isOfDispute(item)) return ofDispute(item);
      return passOver(item, item.eventCode);
  }
}

/** A capture that nobody asked for is the account's own, of a payment that is taken at once; its notice bears the payment's number. */
function ofCapture(item: Notification, answer: CaptureNotice | null): CallbackReading {
  const reference = item.merchantReference ?? '';
  if (answer?.kind === 'bounced' && isId('att', reference)) return ofAttempt(item, answer);
  if (!isId('cap', reference)) return passOver(item, 'a capture without a number of ours');
  if (!answer) return meaningless(item);
  return { kind: 'capture', event: eventOf(item), reference, answer };
}

function ofAttempt(item: Notification, answer: QueryAnswer | Notice | null): CallbackReading {
  const reference = item.merchantReference ?? '';
  if (!isId('att', reference)) return passOver(item, 'a payment without a number of ours');
  if (!answer) return meaningless(item);
  return { kind: 'attempt', event: eventOf(item), reference, order: paymentOf(item), answer };
}

function ofRefund(item: Notification, status: 'succeeded' | 'failed'): CallbackReading {
  const reference = item.merchantReference ?? '';
  if (!isId('ref', reference)) return passOver(item, 'a refund without a number of ours');
  const money = moneyOf(item);
  if (!money) return meaningless(item);
  const failed = status === 'failed' ? { failure: refusalOf({ words: item.reason }).failure } : {};
  const answer: RefundAnswer = { kind: 'refund', status, channel_reference: item.pspReference, ...money, ...failed }; // prettier-ignore
  return { kind: 'refund', event: eventOf(item), reference, answer };
}

function ofDispute(item: Notification): CallbackReading {
  const answer = disputeOf(item);
  if (!answer) return meaningless(item);
  const about = { kind: 'dispute', event: eventOf(item), answer } as const;
  const reference = item.merchantReference ?? '';
  if (isId('att', reference)) return { ...about, reference };
  if (reference !== '' || !item.originalReference)
    return passOver(item, 'a dispute without a number of ours');
  return { ...about, order: item.originalReference };
}

function ofReport(item: Notification): CallbackReading {
  const { pspReference: name } = item;
  if (!isReport(name)) return passOver(item, 'a report that we do not read');
  return { kind: 'report', event: eventOf(item), name };
}

/** Its date is not signed, and says how long money is held: at most it is of now. */
function authorised(item: Notification, now: Date): Notice | null {
  const money = moneyOf(item);
  const at = new Date(Math.min(now.getTime(), Date.parse(item.eventDate ?? '')));
  if (!money || Number.isNaN(at.getTime())) return null;
  return { kind: 'authorised', channel_reference: item.pspReference, ...money, at: at.toISOString(), ends_at: holdEnds(at) }; // prettier-ignore
}

function captured(item: Notification): CaptureNotice | null {
  const money = moneyOf(item);
  return money && { kind: 'captured', ...money };
}

function refused({ reason }: Notification) {
  return refusalOf({ words: reason });
}

function bounced({ eventCode, reason }: Notification) {
  const why = refusalOf({ words: reason }).failure.channel_message;
  return { kind: 'bounced', detail: why ? `${eventCode}: ${why}` : eventCode } as const;
}

/** The payment that it is about: several may bear one number of ours. */
function paymentOf({ originalReference, pspReference }: Notification): string {
  return originalReference || pspReference; // empty where there is none
}

function moneyOf({ amount }: Notification): Money | null {
  return amount ? fromWire(amount) : null;
}

/** Adyen numbers no notices: the same one has the same of these. */
function eventOf({ eventCode, pspReference, success }: Notification): string {
  return `${eventCode} ${pspReference} ${success}`;
}

function meaningless({ eventCode }: Notification): CallbackReading {
  return { kind: 'meaningless', detail: `${eventCode} without a readable end, amount or time` };
}

function passOver(item: Notification, detail: string): CallbackReading {
  return { kind: 'irrelevant', event: eventOf(item), detail };
}
