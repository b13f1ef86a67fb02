import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import type { Command, Refusal } from './fact.ts';
import { refuseMeanwhile } from './hold-change.ts';
import { capturedOf } from './hold-evidence.ts';
import { format, type Minor, subtract } from './money.ts';
import { liveAttempt } from './payment.ts';

/** Begins to take what is held, or a part of it: one capture at a time, so that a total tells what happened. */
export function capture(
  draft: Draft,
  { amount: asked, is_final }: Command & { name: 'capture' },
): Refusal | undefined {
  const { payment, context } = draft;
  const running = refuseMeanwhile(payment);
  if (running) return running;
  const hold = liveAttempt(payment);
  if (hold?.frozen)
    return { code: 'payment_outcome_unknown', detail: `what the channel said of ${hold.id} waits for a person` };
  if (hold?.status !== 'held' || payment.given_up)
    return { code: 'payment_not_capturable', detail: `${payment.id} is ${payment.status}` };
  const left = subtract(hold.held, capturedOf(payment, hold));
  const amount = asked ?? left;
  const refusal = refuseAmount(draft, amount, left, is_final, hold);
  if (refusal) return refusal;
  payment.captures.push({
    id: context.draw('cap'),
    attempt_id: hold.id,
    amount,
    is_final: is_final || amount === left,
    status: 'processing',
    executed: 'no',
    failure: null,
    created_at: context.now,
    updated_at: context.now,
  });
  return undefined;
} // prettier-ignore

function refuseAmount(
  { payment: { currency }, context }: Draft,
  amount: Minor,
  left: Minor,
  is_final: boolean,
  hold: Attempt,
): Refusal | undefined {
  if (amount > left) {
    const detail = `${format({ amount, currency })} is more than the ${format({ amount: left, currency })} that are left`;
    return { code: 'capture_exceeds_authorized', detail };
  }
  if (amount < left && !is_final && context.rulesOf(hold).captures !== 'multiple')
    return { code: 'partial_capture_not_supported', detail: `${hold.channel} captures a hold once: send final: true` };
  return undefined;
} // prettier-ignore
