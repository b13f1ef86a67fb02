import { isFinal, type Payment } from '../contract.ts';
import type { Evidence } from '../evidence.ts';
import type { Violation } from '../violation.ts';

/** I6: nothing is open, and no person is needed: none of the stories is an impossible case. */
export function nothingOpen({ refunds, cases, books }: Evidence): Violation[] {
  const say = (subject: string, detail: string): Violation => ({ invariant: 'I6', subject, detail }); // prettier-ignore
  const moving = books.transactions.flatMap((entry) =>
    entry.refunds.filter(({ state }) => state === 'processing'),
  );
  return [
    ...refunds
      .filter(({ status }) => status !== 'succeeded')
      .map(({ payment_id, id, status, origin }) => say(payment_id, `${origin} ${id} is ${status}`)),
    ...cases
      .filter(({ status }) => status === 'open')
      .map(({ payment_id, kind }) => say(payment_id, `a case is open: ${kind}`)),
    ...moving.map(({ reference }) => say(reference, 'the channel has not settled it')),
  ];
}

/**
 * I12: a run is open exactly while its payment owes something. Refunds are among what is owed. A Temporal that heard nothing
 * of the end (one of two, or one restored) sleeps until its own next timer, at the latest the payment's expiry: no harm.
 */
export function runsMatch({ runs, payments, refunds, isOutOfTouch }: Evidence): Violation[] {
  const owing = (payment: Payment) =>
    !isFinal(payment) ||
    refunds.some((one) => one.payment_id === payment.id && one.status === 'processing');
  const open = new Set(runs.open);
  const say = (subject: string, detail: string): Violation => ({ invariant: 'I12', subject, detail }); // prettier-ignore
  const idle = runs.open.filter((id) => {
    const payment = payments.get(id);
    return !isOutOfTouch && payment && !owing(payment);
  });
  const unattended = [...payments.values()].filter(
    (payment) => owing(payment) && !open.has(payment.id),
  );
  return [
    ...idle.map((id) => say(id, 'its run is open and nothing is owed')),
    ...unattended.map(({ id }) => say(id, 'something is owed and no run is open')),
    ...runs.broken.map((id) => say(id, 'a run of it failed')),
  ];
}
