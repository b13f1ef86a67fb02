import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { type DisputeEntry, type Transaction, withDispute } from '../transaction.ts';
import { post } from './balance.ts';
import { wireDispute } from './dispute-wire.ts';
import { emitDispute } from './event.ts';
import { freshId, type Intent, type StripeOptions } from './intent.ts';
import { isoMinor } from './money.ts';
import type { DisputeParameters } from './parameters.ts';
import { channel, invalid } from './wording.ts';

/** What Stripe keeps of a dispute besides what every channel keeps. Amounts as on the wire. */
export interface OwnDispute {
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly created_at: number;
  readonly reason: string;
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost';
  /** Until when evidence is heard. */
  readonly due_at: number;
  readonly evidence: Readonly<Record<string, string>>;
  readonly submission_count: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** The money's way out, and back when it was won. */
  readonly balance_transactions: readonly string[];
}

export function ownOf({ own }: DisputeEntry): OwnDispute {
  return own as OwnDispute;
}

/** The dispute with this number, or null. */
export function findDispute(books: Books, id: string): DisputeEntry | null {
  const disputes = books.findNumber(channel, id)?.disputes ?? [];
  return disputes.find(({ reference }) => reference === id) ?? null;
}

/** Why a cardholder says that he disputes a payment (docs.stripe.com/disputes/categories). */
export const disputeReasons = [
  'bank_cannot_process', 'check_returned', 'credit_not_processed', 'customer_initiated', 'debit_not_authorized',
  'duplicate', 'fraudulent', 'general', 'incorrect_account_details', 'insufficient_funds', 'noncompliant',
  'product_not_received', 'product_unacceptable', 'subscription_canceled', 'unrecognized',
] as const; // prettier-ignore

/** Nine days, as most card networks leave a merchant of them. */
const responseMs = 9 * 86_400_000;
/** For each dispute, won or lost, in the smallest units (stripe.com/pricing: 15 dollars). */
const fee = 1_500;

/**
 * The payer's bank takes the money back at once, and the merchant has some days to say why it is his.
 *
 * @param intent the PaymentIntent whose money it is
 * @param amount as on the wire
 * @returns the order after it
 */
export function open(
  options: StripeOptions,
  intent: Intent,
  amount: number,
  reason: string,
): Transaction {
  const { id, charge, currency } = intent;
  if (!charge) throw new Error(`${id} has no charge`);
  const [reference, now] = [freshId('du'), clock.now()];
  const withdrawn = post(options, {
    type: 'adjustment',
    source: reference,
    references: [intent.reference],
    amount: -amount,
    fee,
    currency,
  });
  const own: OwnDispute = {
    amount,
    currency,
    charge: charge.id,
    created_at: now,
    reason,
    status: 'needs_response',
    due_at: now + responseMs,
    evidence: {},
    submission_count: 0,
    metadata: {},
    balance_transactions: [withdrawn.id],
  };
  const iso = isoMinor(amount, currency);
  const dispute = { reference, transaction_id: id, amount: iso, state: 'opened', own } as const;
  const after = keep(options, dispute);
  planDeadline(options, dispute);
  emitDispute(options, dispute, 'created');
  emitDispute(options, dispute, 'funds_withdrawn');
  return after;
}

/** Writes a dispute, new or changed, into the books of its order. */
function keep({ books }: StripeOptions, dispute: DisputeEntry): Transaction {
  const transaction = books.findNumber(channel, dispute.transaction_id);
  if (!transaction) throw new Error(`${dispute.transaction_id} is gone`);
  const after = withDispute(transaction, dispute);
  books.save(after);
  return after;
}

/**
 * The payer's bank has decided, or the merchant has given up; what is won comes back, without the fee.
 *
 * @returns the order after it
 */
export function end(
  options: StripeOptions,
  dispute: DisputeEntry,
  state: 'won' | 'lost',
): Transaction {
  const own = ownOf(dispute);
  const moved = state === 'won' ? [reinstate(options, dispute).id] : [];
  const balance_transactions = [...own.balance_transactions, ...moved];
  const ended = { ...dispute, state, own: { ...own, status: state, balance_transactions } };
  const after = keep(options, ended);
  emitDispute(options, ended, 'closed');
  if (state === 'won') emitDispute(options, ended, 'funds_reinstated');
  return after;
}

function reinstate(options: StripeOptions, dispute: DisputeEntry) {
  const { amount, currency } = ownOf(dispute);
  return post(options, {
    type: 'adjustment',
    source: dispute.reference,
    references: [options.books.findNumber(channel, dispute.reference)?.reference ?? ''],
    amount,
    fee: 0,
    currency,
  });
}

/** Who says nothing in time has lost. */
export function planDeadline(options: StripeOptions, dispute: DisputeEntry): void {
  const { agenda, books } = options;
  agenda.at(`${channel} dispute ${dispute.reference}`, ownOf(dispute).due_at, () => {
    const still = findDispute(books, dispute.reference);
    if (still && ownOf(still).status === 'needs_response')
      books.atomically(() => end(options, still, 'lost'));
  });
}

/** Plans again what an earlier run still had to end. */
export function resumeDisputes(options: StripeOptions): void {
  for (const { channel: of, disputes = [] } of options.books.transactions.values())
    if (of === channel) for (const dispute of disputes) planDeadline(options, dispute);
}

/** What a bank of test mode believes (docs.stripe.com/testing#disputes). */
const verdicts: Readonly<Record<string, 'won' | 'lost'>> = {
  winning_evidence: 'won',
  losing_evidence: 'lost',
};

/**
 * `POST /v1/disputes/{id}`: evidence is kept, and sent to the payer's bank unless `submit` is false: once, for the
 * bank hears nobody twice.
 */
export function answer(
  options: StripeOptions,
  known: DisputeEntry,
  asked: DisputeParameters,
): Answer {
  const own = ownOf(known);
  const wantsHearing = Object.keys(asked.evidence).length > 0 || asked.submit === true;
  if (wantsHearing && own.status !== 'needs_response')
    return notHeard(options, known, 'dispute_answered_too_late');
  const isSent = wantsHearing && asked.submit !== false;
  const answered: DisputeEntry = {
    ...known,
    own: {
      ...own,
      evidence: { ...own.evidence, ...asked.evidence },
      metadata: { ...own.metadata, ...asked.metadata },
      status: isSent ? 'under_review' : own.status,
      submission_count: own.submission_count + (isSent ? 1 : 0),
    } satisfies OwnDispute,
  };
  keep(options, answered);
  emitDispute(options, answered, 'updated');
  const verdict = isSent ? verdicts[ownOf(answered).evidence['uncategorized_text'] ?? ''] : null;
  if (verdict) end(options, answered, verdict);
  return shown(options, known.reference);
}

/** `POST /v1/disputes/{id}/close`: the merchant gives up, for good. */
export function close(options: StripeOptions, known: DisputeEntry): Answer {
  if (ownOf(known).status !== 'needs_response')
    return notHeard(options, known, 'dispute_closed_too_late');
  end(options, known, 'lost');
  return shown(options, known.reference);
}

function notHeard({ books }: StripeOptions, known: DisputeEntry, rule: string): Answer {
  const { status } = ownOf(known);
  const reference = books.findNumber(channel, known.reference)?.reference ?? '';
  books.violate(channel, reference, rule, `${known.reference} is ${status}`);
  return invalid(`This dispute is ${status}: nothing can be said about it any more.`);
}

function shown({ books }: StripeOptions, id: string): Answer {
  const dispute = findDispute(books, id);
  if (!dispute) throw new Error(`${id} is gone`);
  return { status: 200, body: wireDispute(books, dispute) };
}
