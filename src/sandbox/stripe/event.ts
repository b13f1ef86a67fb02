import { clock } from '../clock.ts';
import type { DisputeEntry, RefundEntry, Transaction } from '../transaction.ts';
import { wireDispute } from './dispute-wire.ts';
import { findIntent, freshId, type Intent, saveIntent, type StripeOptions } from './intent.ts';
import { wireCharge, wireIntent, wireRefund } from './wire.ts';
import { apiVersion, channel } from './wording.ts';

/** An event before it is signed: kept as it is, signed afresh for each try. */
export interface StripeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly data: { readonly object: Readonly<Record<string, unknown>> };
  readonly livemode: false;
  readonly pending_webhooks: 1;
  readonly request: { readonly id: null; readonly idempotency_key: null };
  readonly type: string;
}

/**
 * What a PaymentIntent has come to: the event of each status. The merchant's endpoint is subscribed to
 * these, to `charge.{expired,refunded}`, `refund.{updated,failed}`, `charge.dispute.*`, `setup_intent.*` and `payout.paid`: what decides, and no
 * more, so that a fault on callbacks strikes what decides.
 */
const eventTypes: Readonly<Record<Intent['status'], string | null>> = {
  requires_payment_method: 'payment_intent.payment_failed',
  requires_confirmation: null,
  requires_action: 'payment_intent.requires_action',
  processing: 'payment_intent.processing',
  requires_capture: 'payment_intent.amount_capturable_updated',
  succeeded: 'payment_intent.succeeded',
  canceled: 'payment_intent.canceled',
};

/**
 * A PaymentIntent has changed: it is written, and the merchant is told.
 *
 * @returns the order after it
 */
export function turn(options: StripeOptions, intent: Intent): Transaction {
  const after = saveIntent(options.books, intent);
  const type = eventTypes[intent.status];
  if (type) emit(options, intent, type, wireIntent(options, intent));
  return after;
}

/** A hold ended by itself: its charge has expired. */
export function emitExpiry(options: StripeOptions, intent: Intent): void {
  const { books } = options;
  if (intent.charge)
    emit(options, intent, 'charge.expired', wireCharge(books, intent, intent.charge));
}

/** A refund has come to its end, or was returned afterwards. */
export function emitRefund(options: StripeOptions, refund: RefundEntry): void {
  const { books } = options;
  const intent = findIntent(books, refund.transaction_id);
  if (!intent?.charge) return;
  const succeeded = refund.state === 'succeeded';
  if (succeeded)
    emit(options, intent, 'charge.refunded', wireCharge(books, intent, intent.charge), refund);
  emit(options, intent, succeeded ? 'refund.updated' : 'refund.failed', wireRefund(refund), refund);
}

/** What became of a dispute (docs.stripe.com/disputes/api). */
export function emitDispute(
  options: StripeOptions,
  dispute: DisputeEntry,
  what: 'created' | 'updated' | 'funds_withdrawn' | 'closed' | 'funds_reinstated',
): void {
  const { books } = options;
  const intent = findIntent(books, dispute.transaction_id);
  if (!intent) throw new Error(`${dispute.reference} is about nothing`);
  emit(options, intent, `charge.dispute.${what}`, wireDispute(books, dispute));
}

/** What became of a SetupIntent. */
export function emitSetup(
  options: StripeOptions,
  reference: string,
  what: string,
  setup: Readonly<Record<string, unknown>>,
): void {
  emit(options, { reference }, `setup_intent.${what}`, setup);
}

/** A payout is on the merchant's bank account. */
export function emitPayout(
  options: StripeOptions,
  id: string,
  payout: Readonly<Record<string, unknown>>,
): void {
  emit(options, { reference: id }, 'payout.paid', payout);
}

function emit(
  { deliverer, webhookUrl }: StripeOptions,
  { reference }: Pick<Intent, 'reference'>,
  type: string,
  object: Readonly<Record<string, unknown>>,
  refund: RefundEntry | null = null,
): void {
  const notice: StripeEvent = {
    id: freshId('evt'),
    object: 'event',
    api_version: apiVersion,
    created: Math.floor(clock.now() / 1_000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  const about = { reference, refund: refund?.reference ?? null };
  deliverer.enqueue({ channel, ...about, url: webhookUrl, notice });
}
