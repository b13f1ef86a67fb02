import { type Attempt, isLive } from './attempt.ts';
import { capture } from './capture-command.ts';
import { resolve } from './case-command.ts';
import { attemptOf, type Draft } from './draft.ts';
import type { Command, Refusal } from './fact.ts';
import { refuseMeanwhile } from './hold-change.ts';
import { increment } from './increment-command.ts';
import { isOfOrder } from './operation-plan.ts';
import { isFinal, liveAttempt, mayTryAgain } from './payment.ts';
import { ask, askOver, askRefund, askRefundOver } from './query-plan.ts';
import type { Refund } from './refund.ts';
import { refund } from './refund-command.ts';

/** How long a `sync` asks of a payment that is at rest; an open one is asked until it answers anyway. */
const syncMs = 60_000;

/** Carries out what was asked, or says by a value why this payment's state does not allow it. */
export function obey(draft: Draft, command: Command): Refusal | undefined {
  switch (command.name) {
    case 'confirm':
      return confirm(draft, command);
    case 'capture':
      return capture(draft, command);
    case 'increment':
      return increment(draft, command);
    case 'cancel':
      return cancel(draft, command.note);
    case 'refund':
      return refund(draft, command);
    case 'sync':
      return sync(draft);
    case 'resolve':
      return resolve(draft, command);
  }
}

/** A (further) attempt: an earlier live one is first closed at its channel, never while its outcome is unknown. */
function confirm({ payment }: Draft, command: Command & { name: 'confirm' }): Refusal | undefined {
  const isHeld = liveAttempt(payment)?.status === 'held';
  const notNow = {
    code: 'payment_not_confirmable',
    detail: `${payment.id} is ${payment.status}`,
  } as const;
  if (isFinal(payment.status)) return notNow;
  if (payment.outcome === 'unknown')
    return { code: 'payment_outcome_unknown', detail: 'the last attempt may have been paid: the channel is asked' }; // prettier-ignore
  if (payment.given_up || isHeld || payment.next) return notNow;
  if (!mayTryAgain(payment))
    return { ...notNow, detail: `${payment.id} has had its ${payment.max_attempts} attempts` };
  payment.next = command.choice;
  return undefined;
}

/** A cancel is a request: it stops new calls at once, and the channel has the last word. */
function cancel({ payment }: Draft, note: string | null): Refusal | undefined {
  if (payment.status === 'succeeded')
    return { code: 'payment_already_paid', detail: `${payment.id} is succeeded: refund it instead` };
  if (payment.status === 'failed')
    return { code: 'payment_not_cancelable', detail: `${payment.id} is failed: there is nothing to cancel` };
  if (payment.given_up) return undefined;
  const running = refuseMeanwhile(payment);
  if (running) return running;
  payment.given_up = 'requested';
  payment.cancel_note = note;
  return undefined;
} // prettier-ignore

/**
 * Asks the channel now about everything that it may know, also of a payment that is final. What is held never to have been
 * made there is asked about once it is over: a store that was restored, or a channel that found nothing once, says so of what was paid.
 */
function sync(draft: Draft): undefined {
  const { attempts, refunds } = draft.payment;
  for (const attempt of attempts) {
    if (attempt.created !== 'no') ask(draft, attempt, 'answer', syncMs);
    else if (!isLive(attempt) && attempt.operations.some(isOfOrder))
      askOver(draft, attempt, syncMs);
  }
  for (const one of refunds) {
    const attempt = attemptOf(draft.payment, one.attempt_id);
    if (one.accepted !== 'no') askRefund(draft, attempt, one, 'answer', syncMs);
    else if (one.status !== 'processing' && wasCalledFor(attempt, one))
      askRefundOver(draft, attempt, one, syncMs);
  }
}

function wasCalledFor({ operations }: Attempt, { id }: Refund): boolean {
  return operations.some(({ verb, refund_id }) => verb === 'refund' && refund_id === id);
}
