import type { Attempt } from './attempt.ts';
import type { Case, CaseKind } from './case.ts';
import type { ChannelRules, Served } from './channel.ts';
import type { Draw, Id } from './id.ts';
import { type MoneyEvent, type Payee, type Posting, postingFor } from './ledger.ts';
import type { Minor } from './money.ts';
import type { Instant, Operation, Timing } from './operation.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/** What a fold may know of the world besides the payment and the fact. */
export interface Context {
  readonly now: Instant;
  readonly draw: Draw;
  readonly timing: Timing;
  readonly rulesOf: (of: Served) => ChannelRules;
  /** Is the order number free for this payment to take again? Asked only for late money. */
  readonly orderFree: boolean;
  /** What the wallet that this payment tops up has and has not promised to anybody; null where it tops up none. */
  readonly walletAvailable: Minor | null;
}

/** An outgoing event, named by the contract's types; its object is rendered when the fold is done. */
export interface DomainEvent {
  readonly type: string;
  readonly object: 'payment' | 'refund' | 'case' | 'dispute';
  readonly id: string;
}

/** A payment while one fact is folded into it: a private copy, and what follows from the fact. */
export interface Draft {
  readonly payment: Payment;
  readonly context: Context;
  readonly events: DomainEvent[];
  readonly postings: Posting[];
  /** In how long the call that this fact ended may leave; null: after the usual pause. */
  again_in_ms: number | null;
}

/** A draft over a deep copy, so that the fold is pure to its caller. */
export function draftOf(payment: Payment, context: Context): Draft {
  return {
    payment: JSON.parse(JSON.stringify(payment)) as Payment,
    context,
    events: [],
    postings: [],
    again_in_ms: null,
  };
}

/** Says on the timeline and to the merchant that something happened to the payment itself. */
export function emit(draft: Draft, type: string): void {
  draft.events.push({ type, object: 'payment', id: draft.payment.id });
}

/** Books what moved, by the rules of the ledger. @param payee default: whom the payment's money belongs to */
export function book({ payment, postings }: Draft, event: MoneyEvent, payee?: Payee): void {
  const owner = payment.wallet_id === null ? 'merchant_payable' : 'wallet';
  postings.push(postingFor(event, payee ?? owner));
}

/** The attempt of this payment with this id. Throws when there is none: the caller's bug. */
export function attemptOf(payment: Payment, id: string): Attempt {
  const found = payment.attempts.find((attempt) => attempt.id === id);
  if (!found) throw new Error(`${payment.id} has no attempt ${id}`);
  return found;
}

/** The operation with this id, if it is one of this payment's. */
export function operationOf(payment: Payment, id: string): Operation | undefined {
  return payment.attempts.flatMap((attempt) => attempt.operations).find((op) => op.id === id);
}

/** The refund with this id, if it is one of this payment's. */
export function refundOf(payment: Payment, id: string | null): Refund | undefined {
  return payment.refunds.find((refund) => refund.id === id);
}

interface Question {
  readonly kind: CaseKind;
  readonly attempt_id: Id<'att'>;
  readonly refund_id?: Id<'ref'>;
  readonly receipt_reference?: string;
  readonly detail: string;
}

/** Opens work for a person, once per kind, attempt, refund and receipt. */
export function openCase(draft: Draft, question: Question): void {
  const { payment, context } = draft;
  const about = {
    refund_id: question.refund_id ?? null,
    receipt_reference: question.receipt_reference ?? null,
  };
  if (payment.cases.some((one) => isSame(one, question, about))) return;
  const opened: Case = {
    id: context.draw('case'),
    kind: question.kind,
    attempt_id: question.attempt_id,
    detail: question.detail,
    ...about,
    status: 'open',
    decision: null,
    reason: null,
    created_at: context.now,
    resolved_at: null,
  };
  payment.cases.push(opened);
  draft.events.push({ type: 'case.opened', object: 'case', id: opened.id });
}

function isSame(
  one: Case,
  question: Question,
  about: Pick<Case, 'refund_id' | 'receipt_reference'>,
): boolean {
  return (
    one.status === 'open' &&
    one.kind === question.kind &&
    one.attempt_id === question.attempt_id &&
    one.refund_id === about.refund_id &&
    one.receipt_reference === about.receipt_reference
  );
}

/** Closes a case with its decision and the reason given. */
export function closeCase(
  draft: Draft,
  one: Case,
  decision: Case['decision'],
  reason: string,
): void {
  one.status = 'resolved';
  one.decision = decision;
  one.reason = reason;
  one.resolved_at = draft.context.now;
}
