import { z } from 'zod';

import { isId } from '../../domain/id.ts';
import type { QueryAnswer } from '../../domain/outcome.ts';
import { type CallbackReading, isStale, type RawCallback } from '../callback.ts';
import { read } from '../text.ts';
import type { Account } from './account.ts';
import { answerOf as answerOfCapture } from './captured.ts';
import { answerOf as answerOfOrder, isPayee } from './checkout-order.ts';
import { disputeOf, wireDispute } from './dispute.ts';
import { fromWire } from './money.ts';
import { answerOf as answerOfRefund } from './refund.ts';
import { capture, checkoutOrder, parse, payee, wireRefund } from './response.ts';
import { captureIn, reversalOf, wireReversal } from './reversal.ts';
import { isGenuine } from './signature.ts';

const event = z.object({
  id: z.string().min(1),
  event_type: z.string().min(1),
  resource_type: z.string().min(1),
  resource: z.unknown(),
});
type Event = z.infer<typeof event>;

const day = 86_400_000;

/**
 * Verifies the raw bytes and reads a notice (channels.md section 4). The same is sent for three days, with the time of its
 * first sending: older ones are somebody else's doing, and younger ones tell only what stays true. The amount is compared
 * by the caller.
 */
export function readCallback(account: Account, callback: RawCallback, now: Date): CallbackReading {
  if (!isGenuine(account, callback)) return { kind: 'forged', detail: doubtOf(callback) };
  const sent_at = callback.headers['paypal-transmission-time'] ?? null;
  if (isStale(sent_at, now, 3 * day)) return { kind: 'stale', detail: `sent at '${sent_at}'` };
  const told = read(event, callback.body.toString('utf8'));
  if (!told) return meaningless('signed, but not an event');
  if (told.event_type === 'PAYMENT.CAPTURE.REVERSED') return ofReversal(told);
  switch (told.resource_type) {
    case 'checkout-order':
      return ofOrder(told, account);
    case 'capture':
      return ofCapture(told, account);
    case 'refund':
      return ofRefund(told);
    case 'dispute':
      return ofDispute(told);
    default:
      return irrelevant(told, `nothing is learned from ${told.event_type}`);
  }
}

/** For the operator: when PayPal has changed its certificate, this is where the new one is. */
function doubtOf({ headers }: RawCallback): string {
  const named = /^https:\/\/[\w.-]{1,100}\/[\w./-]{0,150}$/.exec(headers['paypal-cert-url'] ?? '');
  return `not signed by a certificate of the account; it names ${named?.[0] ?? 'none'}`;
}

/** What somebody else makes over the same account has no number of ours, and need not be as ours would be. */
const labelled = z.object({ id: z.string(), status: z.string() });
const labelledOrder = labelled.extend({
  purchase_units: z.tuple([z.object({ custom_id: z.unknown().optional() })]).rest(z.unknown()),
});

function ofOrder(told: Event, account: Account): CallbackReading {
  const named = parse(labelledOrder, told.resource);
  if (!named) return meaningless(`${told.event_type} without an order`);
  const label = named.purchase_units[0].custom_id;
  if (!isOurs('att', label)) return irrelevant(told, 'an order without a number of ours');
  const found = parse(checkoutOrder, told.resource);
  if (!found) return meaningless(`${told.event_type} without a readable order`);
  const { merchant_id } = found.purchase_units[0].payee ?? {};
  if (!isPayee(account, merchant_id)) return foreign(merchant_id);
  const answer = answerOfOrder(found);
  // What waits, is held, or was given up the query tells better: an old notice must not undo what came since.
  if (answer.kind !== 'agreed' && answer.kind !== 'approved')
    return irrelevant(told, `${told.event_type}: ${answer.kind}`, label);
  if (answer.kind === 'approved') return attempt(told, label, found.id, answer);
  const money = fromWire(found.purchase_units[0].amount);
  if (!money) return meaningless(`${told.event_type} without a readable amount`);
  return attempt(told, label, found.id, { kind: 'agreed', money });
}

const noticedCapture = capture.extend({
  payee,
  supplementary_data: z
    .object({
      related_ids: z
        .object({ order_id: z.string().nullish(), authorization_id: z.string().nullish() })
        .nullish(),
    })
    .nullish(),
});
const labelledCapture = labelled.extend({ custom_id: z.unknown().optional() });
const labelledRefund = labelled.extend({ invoice_id: z.unknown().optional() });

function ofCapture(told: Event, account: Account): CallbackReading {
  const named = parse(labelledCapture, told.resource);
  if (!named) return meaningless(`${told.event_type} without a capture`);
  const label = named.custom_id;
  if (!isOurs('att', label)) return irrelevant(told, 'a capture without a number of ours');
  const found = parse(noticedCapture, told.resource);
  if (!found) return meaningless(`${told.event_type} without a readable capture`);
  if (!isPayee(account, found.payee?.merchant_id)) return foreign(found.payee?.merchant_id);
  const { order_id, authorization_id } = found.supplementary_data?.related_ids ?? {};
  // Of a hold it is a part, and only the order says how much was taken in all.
  if (authorization_id || (found.invoice_id ?? label) !== label)
    return irrelevant(told, 'a part of what is held', label);
  const answer = answerOfCapture(found);
  if (answer.kind === 'unknown') return meaningless(answer.detail);
  return attempt(told, label, order_id, answer);
}

function ofRefund(told: Event): CallbackReading {
  const named = parse(labelledRefund, told.resource);
  if (!named) return meaningless(`${told.event_type} without a refund`);
  const label = named.invoice_id;
  if (!isOurs('ref', label)) return irrelevant(told, 'a refund without a number of ours');
  const found = parse(wireRefund, told.resource);
  if (!found) return meaningless(`${told.event_type} without a readable refund`);
  const answer = answerOfRefund(found);
  if (answer.kind !== 'refund') return meaningless('a refund in no state that we know');
  return { kind: 'refund', event: told.id, reference: label, answer };
}

/**
 * PayPal has taken back what it paid, without a refund of ours (its own risk, or the payer's bank). Its own refund bears our number
 * of the order where PayPal repeats it (the sample of its catalogue has none); else the number of the capture must do.
 */
function ofReversal(told: Event): CallbackReading {
  const found = parse(wireReversal, told.resource);
  const answer = found && reversalOf(found);
  if (!found || !answer) return meaningless(`${told.event_type} without a readable amount`);
  const { custom_id } = found;
  const about = { event: told.id, answer } as const;
  const isAnonymous = !custom_id;
  if (isOurs('att', custom_id)) return { kind: 'attempt', ...about, reference: custom_id };
  const capture = captureIn(found, told.resource_type);
  if (!isAnonymous || capture === null)
    return irrelevant(told, 'a reversal without a number of ours');
  return { kind: 'bounced', ...about, order: capture };
}

/** PayPal repeats our number of the order where it has it; else the number of the capture must do. */
function ofDispute(told: Event): CallbackReading {
  const found = parse(wireDispute, told.resource);
  const answer = found && disputeOf(found, told.event_type);
  if (!found || !answer) return meaningless(`${told.event_type} without a readable dispute`);
  const [{ custom, seller_transaction_id } = {}, ...others] = found.disputed_transactions;
  if (others.length > 0) return meaningless('a dispute of several payments at once');
  const about = { kind: 'dispute', event: told.id, answer } as const;
  const isAnonymous = !custom;
  if (isOurs('att', custom)) return { ...about, reference: custom };
  if (!isAnonymous || !seller_transaction_id)
    return irrelevant(told, 'a dispute without a number of ours');
  return { ...about, order: seller_transaction_id };
}

function isOurs(kind: 'att' | 'ref', label: unknown): label is string {
  return typeof label === 'string' && isId(kind, label);
}

function attempt(
  { id: event }: Event,
  reference: string,
  order: string | null | undefined,
  answer: QueryAnswer,
): CallbackReading {
  return { kind: 'attempt', event, reference, ...(order ? { order } : {}), answer };
}

/** Genuine, and no matter of ours: the account may be used by others too, and tells more than we read. */
function irrelevant({ id }: Event, detail: string, reference?: string): CallbackReading {
  return { kind: 'irrelevant', event: id, detail, ...(reference ? { reference } : {}) };
}

function foreign(named: string | null | undefined): CallbackReading {
  return { kind: 'foreign', detail: `a notice for the merchant ${named}` };
}

function meaningless(detail: string): CallbackReading {
  return { kind: 'meaningless', detail };
}
