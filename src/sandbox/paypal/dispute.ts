import { randomInt } from 'node:crypto';

import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { type DisputeEntry, type Transaction, withDispute } from '../transaction.ts';
import { disputeLink, type OwnDispute } from './dispute-wire.ts';
import { tellDispute } from './event.ts';
import { type Capture, type Order, type PaypalOptions, takingId } from './order.ts';
import type { EvidenceRequest } from './parameters.ts';
import { channel, unprocessable } from './wording.ts';

/** Why a buyer says that he disputes a payment. */
export const disputeReasons = [
  'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
  'MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED',
  'UNAUTHORISED',
  'CREDIT_NOT_PROCESSED',
  'DUPLICATE_TRANSACTION',
  'INCORRECT_AMOUNT',
  'PAYMENT_BY_OTHER_MEANS',
  'CANCELED_RECURRING_BILLING',
  'PROBLEM_WITH_REMITTANCE',
  'OTHER',
] as const;

/** A seller has ten days to answer a claim (developer.paypal.com/docs/disputes). */
const responseMs = 10 * 86_400_000;

/** The dispute with this number, or null. */
export function findDispute(books: Books, id: string): DisputeEntry | null {
  const disputes = books.findNumber(channel, id)?.disputes ?? [];
  return disputes.find(({ reference }) => reference === id) ?? null;
}

/**
 * What the buyer claims back of a capture; PayPal holds the money until it has decided.
 *
 * @param amount in minor units
 * @returns the transaction after it
 */
export function open(
  options: PaypalOptions,
  order: Order,
  capture: Capture,
  amount: number,
  reason: string,
): Transaction {
  const now = clock.now();
  const own: OwnDispute = {
    capture_id: capture.id,
    reason,
    status: 'WAITING_FOR_SELLER_RESPONSE',
    created_at: now,
    updated_at: now,
    due_at: now + responseMs,
    evidences: [],
  };
  const reference = `PP-R-HFS-${randomInt(10_000_000, 100_000_000)}`;
  const transaction_id = takingId(order, capture);
  const dispute = { reference, transaction_id, amount, state: 'opened', own } as const;
  const after = keep(options, dispute);
  planDeadline(options, dispute);
  tellDispute(options, dispute, 'CUSTOMER.DISPUTE.CREATED');
  return after;
}

/** Writes a dispute, new or changed, into the books of its order. */
function keep({ books }: PaypalOptions, dispute: DisputeEntry): Transaction {
  const { capture_id } = dispute.own as OwnDispute;
  const transaction = books.findNumber(channel, capture_id);
  if (!transaction) throw new Error(`${capture_id} is gone`);
  const after = withDispute(transaction, dispute);
  books.save(after);
  return after;
}

/**
 * PayPal has decided, or the seller has given in.
 *
 * @returns the transaction after it
 */
export function end(
  options: PaypalOptions,
  dispute: DisputeEntry,
  state: 'won' | 'lost',
): Transaction {
  const own = dispute.own as OwnDispute;
  const ended = { ...dispute, state, own: { ...own, status: 'RESOLVED', updated_at: clock.now() } };
  const after = keep(options, ended);
  tellDispute(options, ended, 'CUSTOMER.DISPUTE.RESOLVED');
  return after;
}

/** Who says nothing in time has lost. */
export function planDeadline(options: PaypalOptions, { reference, own }: DisputeEntry): void {
  const { agenda, books } = options;
  agenda.at(`${channel} dispute ${reference}`, (own as OwnDispute).due_at, () => {
    const still = findDispute(books, reference);
    if (still && isWaiting(still)) books.atomically(() => end(options, still, 'lost'));
  });
}

function isWaiting({ own }: DisputeEntry): boolean {
  return (own as OwnDispute).status === 'WAITING_FOR_SELLER_RESPONSE';
}

/** `POST …/provide-evidence`: from then on PayPal thinks about it, and hears nothing more. */
export function provideEvidence(
  options: PaypalOptions,
  known: DisputeEntry,
  { evidences }: EvidenceRequest,
): Answer {
  if (!isWaiting(known)) return notNow(options, known, 'dispute_answered_too_late');
  const own = known.own as OwnDispute;
  const heard: OwnDispute = {
    ...own,
    status: 'UNDER_REVIEW',
    updated_at: clock.now(),
    evidences: [...own.evidences, ...evidences],
  };
  const under = { ...known, own: heard };
  keep(options, under);
  tellDispute(options, under, 'CUSTOMER.DISPUTE.UPDATED');
  return linked(options, known);
}

/** `POST …/accept-claim`: the seller gives in, and the buyer has his money back. */
export function acceptClaim(options: PaypalOptions, known: DisputeEntry): Answer {
  if (!isWaiting(known)) return notNow(options, known, 'dispute_closed_too_late');
  end(options, known, 'lost');
  return linked(options, known);
}

function notNow({ books }: PaypalOptions, known: DisputeEntry, rule: string): Answer {
  const { status } = known.own as OwnDispute;
  const reference = books.findNumber(channel, known.reference)?.reference ?? '';
  books.violate(channel, reference, rule, `${known.reference} is ${status}`);
  return unprocessable('ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE');
}

function linked({ origin }: PaypalOptions, { reference }: DisputeEntry): Answer {
  return { status: 200, body: { links: [disputeLink(origin, reference, '', 'self')] } };
}
