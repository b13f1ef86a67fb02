import { isFinal, type Payment } from '../contract.ts';
import { entriesOf, type Evidence, keptOf } from '../evidence.ts';
import type { Order } from '../scene.ts';
import type { Invariant, Violation } from '../violation.ts';

/** I1: every 2xx create is retrievable and final. */
export function retrievable({ orders, payments }: Evidence): Violation[] {
  return orders.flatMap((order) => {
    if (order.payment === null) return [];
    const payment = payments.get(order.payment);
    const subject = `${order.story} ${order.payment}`;
    if (!payment) return [{ invariant: 'I1', subject, detail: 'was answered 201 and is not there' }];
    if (isFinal(payment)) return [];
    const detail = `is ${payment.status} (${payment.outcome}) at the end, waited for ${order.stuck}`;
    return [{ invariant: 'I1', subject, detail }];
  });
} // prettier-ignore

/** I2 and I3, order by order: what the channel kept is what was agreed, and nobody says otherwise. */
export function agreed(evidence: Evidence): Violation[] {
  const owners = new Map(evidence.orders.map((order) => [order.payment, order]));
  const found: Violation[] = [];
  for (const payment of evidence.payments.values()) {
    const order = owners.get(payment.id);
    const subject = `${order?.story} ${payment.id}`;
    const say = (invariant: Invariant, detail: string) =>
      found.push({ invariant, subject, detail });
    compareWithBooks(evidence, payment, order, say);
    if (order) compareWithOrder(evidence, payment, order, say);
    else say('I9', `nobody asked for it (order ${payment.order_no})`);
  }
  return [...found, ...strangers(evidence)];
}

type Say = (invariant: Invariant, detail: string) => void;

function compareWithBooks(
  evidence: Evidence,
  payment: Payment,
  order: Order | undefined,
  say: Say,
): void {
  const entries = entriesOf(evidence, payment);
  const kept = keptOf(entries);
  const wanted = payment.amount_captured - payment.amount_refunded;
  if (kept !== wanted) say('I2', `the channel kept ${kept}, ${wanted} was agreed`);
  const paidTimes = entries.reduce((sum, entry) => sum + entry.paid_count, 0);
  if (paidTimes > 1 && !order?.isForced) say('I2', `the payer was charged ${paidTimes} times`);
  const { status, amount, amount_captured } = payment;
  if (status !== 'succeeded' && (kept !== 0 || amount_captured !== 0))
    say('I3', `is ${status} and the channel keeps ${kept}`);
  if (status === 'succeeded' && amount_captured === 0) say('I3', 'succeeded without money');
  if (status === 'succeeded' && payment.capture === 'automatic' && amount_captured !== amount)
    say('I3', `succeeded with ${amount_captured} of ${amount}`);
}

function compareWithOrder(evidence: Evidence, payment: Payment, order: Order, say: Say): void {
  if (isFinal(payment) && !order.ends.includes(payment.status))
    say('I3', `ended ${payment.status} (${payment.cancellation_reason}), not ${order.ends.join(' or ')}`); // prettier-ignore
  const mine = evidence.refunds.filter(
    (refund) => refund.payment_id === payment.id && refund.origin === 'merchant',
  );
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort().join(); // prettier-ignore
  if (ids(mine) !== ids(order.refunds))
    say('I9', `${mine.length} refunds were made of the ${order.refunds.length} that were accepted`);
  const asked = order.refunds.reduce((sum, refund) => sum + refund.amount, 0);
  if (asked > payment.amount_captured)
    say('I4', `refunds of ${asked} were accepted, ${payment.amount_captured} was captured`);
  if (payment.amount_refunded !== asked)
    say('I2', `${payment.amount_refunded} was refunded of the ${asked} that were accepted`);
  if (payment.amount_disputed !== order.disputed)
    say('I2', `${payment.amount_disputed} is contested, the payer got ${order.disputed} by it`);
  if (payment.capture === 'manual' && payment.status === 'succeeded') {
    const captured = order.captures.reduce((sum, amount) => sum + amount, 0);
    if (captured !== payment.amount_captured)
      say('I2', `captured ${payment.amount_captured}, accepted captures were ${captured}`);
  }
}

/** Money under a number that no payment of ours has. */
function strangers({ books, payments }: Evidence): Violation[] {
  const known = new Set(
    [...payments.values()].flatMap(({ attempts }) => attempts.map((one) => one.reference)),
  );
  return books.transactions
    .filter(({ reference, paid_count }) => !known.has(reference) && paid_count > 0)
    .map(({ reference, captured }) => ({
      invariant: 'I2',
      subject: reference,
      detail: `${captured} was taken for no payment of ours`,
    }));
}

/** An acknowledgement that was late or lost is the fault's doing, not ours. */
const harmless = new Set(['slow_ack', 'missing_ack']);

/** I4: what the channel refused, or would have been wrong to take. */
export function withinBounds({ books }: Pick<Evidence, 'books'>): Violation[] {
  const over = books.transactions.filter((entry) => entry.refunded > entry.captured);
  return [
    ...over.map(({ reference, captured, refunded }) => ({
      invariant: 'I4' as const,
      subject: reference,
      detail: `${refunded} was given back of ${captured}`,
    })),
    ...books.violations
      .filter(({ rule }) => !harmless.has(rule))
      .map(({ reference, rule, detail }) => ({
        invariant: 'I4' as const,
        subject: reference,
        detail: `${rule}: ${detail}`,
      })),
  ];
}
