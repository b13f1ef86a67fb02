import { advance, type Attempt, isCounted, isLive } from './attempt.ts';
import { amountOf, type Capture, failCapture } from './capture.ts';
import { freeze, thaw } from './conflict.ts';
import type { Draft } from './draft.ts';
import { failChange } from './hold-change.ts';
import { openIncrement, succeedIncrement, wasTotal } from './increment.ts';
import { equal, format, type Minor, type Money, sum } from './money.ts';
import type { Operation } from './operation.ts';
import type { CaptureAnswer, Held, Receipt } from './outcome.ts';
import { liveAttempt, openCapture, type Payment } from './payment.ts';
import { receive, receiveCapture } from './receipt.ts';
import { isAcknowledged } from './vouched.ts';

/**
 * What the channel says of a hold. Its total tells which captures were executed, since only one is under way
 * at a time; a smaller total is an old word. A total that we did not ask for is never booked.
 */
export function witnessHold(draft: Draft, attempt: Attempt, held: Held): void {
  const { held: amount, currency } = held;
  if (wasTotal(attempt, { amount, currency }) && !isNews(draft, attempt, held)) return; // an old word
  if (held.ends_at !== null) attempt.capture_before = Date.parse(held.ends_at);
  if (!isExpected(draft, attempt, { amount, currency }) && !isGivenBack(draft, attempt, held)) {
    const detail = `asked ${format(attempt)}, the channel holds ${format({ amount, currency })}`;
    return freeze(draft, attempt, detail);
  }
  attempt.held = amount;
  attempt.channel_reference ??= held.channel_reference;
  if (held.captured < capturedOf(draft.payment, attempt)) return;
  if (!reconcile(draft, attempt, held)) return;
  if (held.is_over) {
    if (attempt.frozen === 'disagrees') thaw(draft, attempt, holdEnded);
    return end(draft, attempt);
  }
  // One attempt lives at a time: a hold on an earlier one ends by itself, and what is taken of it is a receipt.
  if (!isLive(attempt) && liveAttempt(draft.payment)) return;
  if (attempt.ending) attempt.ending = 'close';
  advance(attempt, 'held');
}

/** Of a hold that is given back its total does not matter, if nothing more was taken of it. */
function isGivenBack({ payment }: Draft, attempt: Attempt, { captured, currency }: Held): boolean {
  const isOwn = currency === attempt.currency && captured === capturedOf(payment, attempt);
  return attempt.ending !== null && isOwn;
}

/** Does it say of a total that was raised since what could not be said then: more was taken, or nothing is held? */
function isNews({ payment }: Draft, attempt: Attempt, { captured, is_over }: Held): boolean {
  return captured > capturedOf(payment, attempt) || (is_over && isLive(attempt));
}

/** Of a hold about which the channel had said something else: nobody need decide what it has ended with. */
const holdEnded = { decision: null, reason: 'the hold has ended, with what was counted of it' };

/** What was asked for, or what an increment under way asks for: then that was executed. */
function isExpected({ payment, context }: Draft, attempt: Attempt, held: Money): boolean {
  if (equal(held, attempt)) return true;
  const increment = openIncrement(attempt);
  if (held.currency !== attempt.currency || held.amount !== increment?.amount) return false;
  succeedIncrement(increment, context.now);
  if (payment.paid_by === null || payment.paid_by === attempt.id) payment.amount = held.amount;
  attempt.amount = held.amount;
  return true;
}

/** What of this attempt was captured, as far as we know. */
export function capturedOf({ captures }: Pick<Payment, 'captures'>, attempt: Attempt): Minor {
  return amountOf(captures.filter((capture) => capture.attempt_id === attempt.id));
}

/** Books the capture that explains the channel's total. False when none does: a person decides. */
function reconcile(draft: Draft, attempt: Attempt, held: Held): boolean {
  const known = capturedOf(draft.payment, attempt);
  if (held.captured === known) return true;
  const capture = openCapture(draft.payment);
  if (capture?.attempt_id === attempt.id && sum([known, capture.amount]) === held.captured) {
    take(draft, attempt, capture);
    return true;
  }
  if (isCounted(attempt, held.channel_reference)) return false; // taken after the hold was released: late money
  if (isAcknowledged(draft, attempt, receiptOf(draft, held))) return false;
  if (wasReleased(draft, attempt) && held.is_over && held.captured === attempt.amount) {
    receive(draft, attempt, receiptOf(draft, held));
    return false;
  }
  const said = format({ amount: held.captured, currency: held.currency });
  const detail = `the channel says that ${said} were captured, which we did not ask for`;
  freeze(draft, attempt, detail, held.channel_reference);
  return false;
}

/** Was it declined, or given back, or is it being given back, with nothing taken of it? Then a payer can pay that order anew. */
function wasReleased({ payment }: Draft, attempt: Attempt): boolean {
  const isEnding = attempt.ending !== null && capturedOf(payment, attempt) === 0;
  return attempt.status === 'closed' || attempt.status === 'declined' || isEnding;
}

/** All that was taken under an order, as one receipt. */
export function receiptOf(
  { context }: Draft,
  { channel_reference, captured, currency }: Held,
): Receipt {
  const paid_at = new Date(context.now).toISOString();
  return { channel_reference, amount: captured, currency, paid_at };
}

/** The capture was executed: its money pays the order. */
export function take(draft: Draft, attempt: Attempt, capture: Capture): void {
  const { now } = draft.context;
  capture.status = 'succeeded';
  capture.executed = 'yes';
  capture.updated_at = now;
  const { id: channel_reference, amount } = capture;
  const { currency } = attempt;
  const paid_at = new Date(now).toISOString();
  receiveCapture(draft, attempt, { channel_reference, amount, currency, paid_at });
}

/** Nothing is held any more: what was captured pays the order; a hold that ran out by itself ends the payment. */
export function end({ payment, context }: Draft, attempt: Attempt): void {
  failChange(payment, attempt, 'the hold has ended before it', context.now);
  const isCaptured = capturedOf(payment, attempt) > 0;
  advance(attempt, isCaptured ? 'paid' : 'closed');
  const isByItself = attempt.ending === null && !payment.next && payment.paid_by === null;
  if (!isCaptured && isByItself) payment.given_up ??= 'expired';
}

/** How a capture ended: the hold's total says whether it was executed; without it the channel is asked. */
export function witnessCapture(
  draft: Draft,
  attempt: Attempt,
  operation: Operation,
  answer: CaptureAnswer,
): void {
  const capture = draft.payment.captures.find((one) => one.id === operation.capture_id);
  if (!capture) throw new Error(`${operation.id} is about no capture`);
  if (answer.kind === 'never_sent') return;
  if (answer.kind === 'held') witnessHold(draft, attempt, answer);
  if (capture.status !== 'processing') return;
  const { now } = draft.context;
  const isFinal = capture.executed === 'no'; // else a call before this one may still be executed
  if (answer.kind === 'declined' && isFinal) return failCapture(capture, answer.failure, now);
  capture.updated_at = now;
  capture.executed = answer.kind === 'pending' ? 'yes' : 'maybe';
}

/** Asked when every sender was out of time, the channel does not count the capture: it never happened. */
export function notCaptured(draft: Draft, attempt: Attempt, held: Held): void {
  const capture = openCapture(draft.payment);
  if (capture?.attempt_id !== attempt.id || capture.executed !== 'maybe') return;
  if (held.captured === capturedOf(draft.payment, attempt)) capture.executed = 'no';
}
