import type { Attempt } from './attempt.ts';
import { amountSpoken } from './barred-refund.ts';
import { amountBarred } from './dispute.ts';
import { attemptOf, type Draft, openCase } from './draft.ts';
import type { Command, Refusal } from './fact.ts';
import { format, type Minor, sum, toMinor } from './money.ts';
import type { Receipt } from './outcome.ts';
import { amountPaid, disputesOfOrder, type Payment } from './payment.ts';
import { amountReserved, isMerchants, type Refund } from './refund.ts';
import { type Source, sourceFor, sourcesOf, spansReceipts, without } from './refund-receipt.ts';
import { approvalRule, refundRefusal } from './refund-rule.ts';
import type { RefundRule } from './rule.ts';
import { isVouched } from './vouched.ts';

/** Reserves what is to go back before the channel is asked: the sum can never pass what was captured. */
export function refund(
  draft: Draft,
  { amount: asked, reason, rules }: Command & { name: 'refund' },
): Refusal | undefined {
  const { payment, context } = draft;
  if (payment.outcome === 'unknown')
    return { code: 'payment_outcome_unknown', detail: 'money may or may not have moved: the channel is asked' }; // prettier-ignore
  if (payment.paid_by === null)
    return { code: 'payment_not_refundable', detail: `${payment.id} is ${payment.status}: nothing was captured` }; // prettier-ignore
  const attempt = attemptOf(payment, payment.paid_by);
  const left = refundable(payment);
  const amount = asked ?? left;
  const beyond = refuseAmount(draft, amount, left) ?? refuseOneMore(draft, attempt);
  if (beyond) return beyond;
  const source = sourceOf(draft, attempt, amount, left);
  if ('code' in source) return source;
  const { receipt } = source;
  const unnamed = refuseUnnamed(draft, attempt, receipt);
  if (unnamed) return unnamed;
  const asking = { amount, left: source.left, paid_at: Date.parse(source.paid_at), now: context.now };
  const refused = rules && refundRefusal(rules, asking);
  if (refused) return refused;
  const before = amountReserved(payment.refunds);
  const held = rules && approvalRule(rules, sum([before, amount]));
  const begun = startRefund(draft, {
    attempt_id: attempt.id,
    receipt_reference: receipt.channel_reference,
    amount,
    currency: payment.currency,
    origin: 'merchant',
    reason,
    rules_version: rules?.rules_version ?? null,
    approval: held ? 'awaited' : null,
  });
  if (held) askApproval(draft, begun, before, held);
  return undefined;
} // prettier-ignore

/** More than is left, nothing at all, or more than the wallet has that was topped up. */
function refuseAmount(
  { payment, context }: Draft,
  amount: Minor,
  left: Minor,
): Refusal | undefined {
  if (amount > left || amount === 0) return exceeds(payment, amount, left);
  const { walletAvailable } = context;
  if (walletAvailable === null || amount <= walletAvailable) return undefined;
  return spent(payment, amount, walletAvailable);
}

/** The channel takes no more refunds of this payment. */
function refuseOneMore({ payment, context }: Draft, attempt: Attempt): Refusal | undefined {
  const { refunds_max } = context.rulesOf(attempt);
  const made = payment.refunds.filter(
    (one) => one.attempt_id === attempt.id && one.status !== 'failed',
  );
  if (made.length < refunds_max) return undefined;
  return { code: 'refund_limit_reached', detail: `${attempt.channel} takes at most ${refunds_max} refunds of a payment` }; // prettier-ignore
}

/** What it comes out of, or why nothing has as much; `paid_at` is when the order was first paid. */
function sourceOf(
  { payment, context }: Draft,
  attempt: Attempt,
  amount: Minor,
  left: Minor,
): (Source & Pick<Receipt, 'paid_at'>) | Refusal {
  const sources = sourcesOf(payment, attempt);
  const [first] = sources;
  if (!first) throw new Error(`${payment.id} was paid without a receipt`);
  const { refunds_per_receipt } = context.rulesOf(attempt);
  const source = refunds_per_receipt ? sourceFor(sources, amount) : { ...first, left };
  const { paid_at } = first.receipt;
  return source ? { ...source, paid_at } : spansReceipts(sources, amount, attempt);
}

/** A person vouched for the money, and the channel gives back only what it is told by a number of its own. */
function refuseUnnamed(
  { context }: Draft,
  attempt: Attempt,
  { channel_reference }: Receipt,
): Refusal | undefined {
  const { refund_names } = context.rulesOf(attempt);
  const isNamed = refund_names === undefined || (refund_names === 'order' && attempt.handle !== null); // prettier-ignore
  if (isNamed || !isVouched(channel_reference)) return undefined;
  const detail = `${channel_reference} vouched for the money, and ${attempt.channel} gives back only by its own number, which it has not told: sync the payment, or pay it back otherwise`;
  return { code: 'payment_not_refundable', detail };
}

/** Why this refund, which is to be made anew, does not fit any more: a dispute may have come for its money meanwhile. */
export function refuseAgain(payment: Payment, refund: Refund): Refusal | undefined {
  const refunds = payment.refunds.filter((one) => one.id !== refund.id);
  const left = refundable({ ...payment, refunds });
  if (!isMerchants(refund) || refund.amount <= left) return undefined;
  return exceeds(payment, refund.amount, left);
}

/** What of the order's money is neither sent back nor on its way, and that the payer does not get by a dispute. */
export function refundable(payment: Payment): Minor {
  return without(amountPaid(payment), amountSpoken(payment));
}

function exceeds(payment: Payment, amount: Minor, left: Minor): Refusal {
  const { currency } = payment;
  const barred = amountBarred(disputesOfOrder(payment), payment.refunds);
  const why = barred > 0 ? `: ${format({ amount: barred, currency })} of it is disputed` : '';
  const detail = `${format({ amount, currency })} is more than the ${format({ amount: left, currency })} that are left${why}`;
  return { code: 'refund_exceeds_captured', detail };
}

function spent({ currency, wallet_id }: Payment, amount: Minor, left: Minor): Refusal {
  const detail = `${format({ amount, currency })} is more than the ${format({ amount: left, currency })} that ${wallet_id} still has`;
  return { code: 'wallet_balance_too_low', detail };
}

type Asked = Pick<Refund, 'attempt_id' | 'receipt_reference' | 'amount' | 'currency' | 'origin' | 'reason'> &
  Partial<Pick<Refund, 'retry_of' | 'rules_version' | 'approval'>>; // prettier-ignore

/** Writes a refund down; its call is planned with it. */
export function startRefund({ payment, context, events }: Draft, asked: Asked): Refund {
  const {
    attempt_id,
    receipt_reference,
    amount,
    currency,
    origin,
    reason,
    retry_of = null,
    rules_version = null,
    approval = null,
  } = asked;
  const begun: Refund = {
    id: context.draw('ref'),
    attempt_id,
    receipt_reference,
    amount,
    currency,
    origin,
    reason,
    retry_of,
    rules_version,
    approval,
    status: 'processing',
    accepted: 'no',
    channel_reference: null,
    failure: null,
    movements: 0,
    created_at: context.now,
    updated_at: context.now,
  };
  payment.refunds.push(begun);
  events.push({ type: 'refund.processing', object: 'refund', id: begun.id });
  return begun;
}

/** It is reserved, and not sent before a person has approved it. */
function askApproval(
  draft: Draft,
  { id, attempt_id, amount, currency }: Refund,
  before: Minor,
  { name, approval_above = 0 }: RefundRule,
): void {
  const inWords = (some: Minor) => format({ amount: some, currency });
  const after = before > 0 ? ` after ${inWords(before)}` : '';
  const detail = `the rule '${name}' wants refunds of more than ${inWords(toMinor(approval_above))} in all approved: ${inWords(amount)}${after}`;
  openCase(draft, { kind: 'refund_approval', attempt_id, refund_id: id, detail });
}
