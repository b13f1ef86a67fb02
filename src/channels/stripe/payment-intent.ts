import { z } from 'zod';

import type { Money } from '../../domain/money.ts';
import type { QueryAnswer } from '../../domain/outcome.ts';
import type { Order } from '../order.ts';
import { type Account, isLive } from './account.ts';
import { failureFrom, wireFailure } from './failure.ts';
import { actionOf, wireAction } from './next-action.ts';
import { currency, instant, metadata, minor, money, seconds } from './response.ts';

/** Asked for wherever an order is read: the charge says when it was made and how long a hold lasts. */
export const expanded = { 'expand[]': 'latest_charge' } as const;

const charge = z.object({
  created: seconds,
  payment_method_details: z
    .object({ card: z.object({ capture_before: seconds.nullish() }).nullish() })
    .nullish(),
});

/** A PaymentIntent of channels.md section 3. */
export const paymentIntent = z.object({
  id: z.string().regex(/^pi_\w+$/),
  object: z.literal('payment_intent'),
  amount: minor,
  amount_received: minor,
  currency,
  capture_method: z.string(),
  status: z.string(),
  livemode: z.boolean(),
  metadata,
  cancellation_reason: z.string().nullish(),
  last_payment_error: wireFailure.nullish(),
  latest_charge: z.union([z.string(), charge]).nullish(), // only its number where it was not expanded
  next_action: wireAction.nullish(),
});
export type PaymentIntent = z.infer<typeof paymentIntent>;

/** What Stripe says of our order; what is about another order, account or amount disagrees. */
export function told(found: PaymentIntent, account: Account, order: Order): QueryAnswer {
  const { reference, handle } = order;
  const isOurs = found.metadata['reference'] === reference && found.id === (handle ?? found.id);
  if (!isOurs || found.livemode !== isLive(account)) {
    const said = `${found.id} of ${String(found.metadata['reference'])}, livemode ${found.livemode}`;
    return { kind: 'disagrees', detail: `asked about ${handle} of ${reference}, told ${said}` };
  }
  const answer = answerOf(found);
  // Money is told as the channel tells it: the domain compares it, and keeps its number.
  if (answer.kind === 'approved' || answer.kind === 'held' || answer.kind === 'unknown')
    return answer;
  const { amount, currency } = found;
  if (amount === order.amount && currency === order.currency) return answer;
  const asked = `asked ${order.amount} ${order.currency} under ${reference}`;
  return { kind: 'disagrees', detail: `${asked}, told ${amount} '${currency}'` };
}

/** What a PaymentIntent says by itself. `at` (unix): when it was told, for a notice, which has no charge in it. */
export function answerOf(found: PaymentIntent, at?: number): QueryAnswer {
  switch (found.status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
      if (!found.last_payment_error) return { kind: 'open' };
      return { kind: 'declined', failure: failureFrom(found.last_payment_error) };
    case 'requires_action':
      return actionOf(found.next_action);
    case 'processing':
      return { kind: 'pending' };
    case 'requires_capture':
      return holdOf(found, false);
    case 'succeeded':
      return isManual(found) ? holdOf(found, true) : receiptOf(found, at);
    case 'canceled':
      return wasHeld(found) ? holdOf(found, true) : { kind: 'closed' };
    default:
      return { kind: 'unknown', detail: `status '${found.status}' is not known` };
  }
}

function isManual({ capture_method }: PaymentIntent): boolean {
  return capture_method === 'manual';
}

/** Captured in part, or a hold that Stripe itself gave back when its time was over. */
function wasHeld(found: PaymentIntent): boolean {
  const isByStripe = ['automatic', 'expired'].includes(found.cancellation_reason ?? '');
  const isRunOut = isByStripe && Boolean(found.latest_charge); // there was something to give back
  return isManual(found) && (isRunOut || found.amount_received > 0);
}

/** The order's number, not the charge's: an order is charged once, and not every message names the charge. */
function receiptOf(found: PaymentIntent, at: number | undefined): QueryAnswer {
  const paid = chargeOf(found)?.created ?? at;
  const taken = moneyOf(found, found.amount_received);
  if (paid === undefined || !taken || taken.amount === 0)
    return { kind: 'unknown', detail: 'paid, but without time or amount' };
  const receipt = { channel_reference: found.id, paid_at: instant(paid), ...taken };
  return { kind: 'approved', receipt };
}

function holdOf(found: PaymentIntent, is_over: boolean): QueryAnswer {
  const held = moneyOf(found, found.amount);
  const captured = moneyOf(found, found.amount_received);
  if (!held || !captured) return { kind: 'unknown', detail: `held in ${found.currency}` };
  const ends = chargeOf(found)?.payment_method_details?.card?.capture_before ?? null;
  return {
    kind: 'held',
    channel_reference: found.id,
    held: held.amount,
    captured: captured.amount,
    currency: held.currency,
    ends_at: is_over || ends === null ? null : instant(ends),
    is_over,
  };
}

function moneyOf(found: PaymentIntent, amount: number): Money | null {
  return money(amount, found.currency);
}

function chargeOf({ latest_charge }: PaymentIntent): z.infer<typeof charge> | null {
  return typeof latest_charge === 'object' ? (latest_charge ?? null) : null;
}
