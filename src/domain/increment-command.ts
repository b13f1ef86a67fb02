import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import type { Command, Refusal } from './fact.ts';
import { refuseMeanwhile } from './hold-change.ts';
import { format } from './money.ts';
import { liveAttempt } from './payment.ts';

/** Begins to raise what is held, before anything of it is captured. */
export function increment(
  draft: Draft,
  { amount }: Command & { name: 'increment' },
): Refusal | undefined {
  const { payment, context } = draft;
  const running = refuseMeanwhile(payment);
  if (running) return running;
  const hold = liveAttempt(payment);
  if (payment.status !== 'requires_capture' || hold?.status !== 'held' || payment.given_up)
    return { code: 'payment_not_incrementable', detail: `${payment.id} is ${payment.status}` };
  if (!context.rulesOf(hold).increments) return notSupported(hold);
  if (amount <= hold.held) {
    const held = format({ amount: hold.held, currency: hold.currency });
    return { code: 'amount_too_small', detail: `the new total must be more than the ${held} that are held` };
  }
  hold.increments.push({
    id: context.draw('inc'),
    amount,
    previous_amount: hold.held,
    status: 'processing',
    executed: 'no',
    failure: null,
    created_at: context.now,
    updated_at: context.now,
  });
  return undefined;
} // prettier-ignore

function notSupported({ channel, method }: Attempt): Refusal {
  return { code: 'increment_not_supported', detail: `${channel} does not raise what it holds by ${method}` };
} // prettier-ignore
