import { type Attempt, isLive, isPresented } from './attempt.ts';
import { amountDisputed } from './dispute.ts';
import type { Refusal } from './fact.ts';
import { format } from './money.ts';
import {
  type Instant,
  isMutating,
  type Operation,
  startToCloseMs,
  type Timing,
  type Verb,
} from './operation.ts';
import {
  disputesOfOrder,
  isFinal,
  liveAttempt,
  mainAttempt,
  openOperations,
  type Payment,
} from './payment.ts';

/** One outside call that somebody must make now. */
export interface Work {
  readonly id: string;
  readonly verb: Verb;
  readonly channel: string;
  readonly attempt: string;
  /** For a mutating call: after this many milliseconds nobody may still be sending. */
  readonly within_ms: number;
  /** One try of it may take this long. */
  readonly start_to_close_ms: number;
}

/** What the workflow is told after each message: all that it needs to go on, and all that it keeps. */
export interface View {
  readonly sequence: number;
  readonly status: string;
  readonly outcome: string;
  /** Nothing is owed: the run may end. */
  readonly final: boolean;
  /** A state that a waiting caller is answered with. */
  readonly stable: boolean;
  /** The payer is waited for, and longer than callbacks take. Absent in what builds before 2026-11-25 have recorded. */
  readonly waits?: boolean;
  readonly channel: string | null;
  readonly needs_attention: string | null;
  /** One sentence for the Temporal UI. */
  readonly sentence: string;
  readonly outstanding: readonly Work[];
  readonly due: { readonly what: string; readonly in_ms: number } | null;
  readonly refused?: Refusal;
}

/** What a payment owes at `now`, and where it stands. */
export function viewOf(payment: Payment, now: Instant, timing: Timing): View {
  return {
    sequence: payment.sequence,
    status: payment.status,
    outcome: payment.outcome,
    final:
      isFinal(payment.status) && openOperations(payment).every((op) => isLater(payment, op, now)),
    stable: isStable(payment),
    waits: payment.status === 'requires_action' && isAsked(payment, now),
    channel: mainAttempt(payment)?.channel ?? null,
    needs_attention: payment.cases.find((one) => one.status === 'open')?.kind ?? null,
    sentence: sentenceOf(payment),
    outstanding: outstanding(payment, now).map((op) => workOf(payment, op, now, timing)),
    due: dueOf(payment, now, timing),
  };
}

/** The open operations whose time has come. */
export function outstanding(payment: Payment, now: Instant): Operation[] {
  return openOperations(payment).filter((op) => op.run_at <= now);
}

/** A last look at an attempt that is over: no run waits for it, the attendance begins one then (decision 0040). */
function isLater({ attempts }: Payment, op: Operation, now: Instant): boolean {
  const isOver = attempts.some((one) => one.id === op.attempt_id && !isLive(one));
  return isOver && op.verb === 'query' && op.stray === null && op.run_at > now;
}

/** Is the channel being asked? The first question comes when callbacks have mostly come. */
function isAsked(payment: Payment, now: Instant): boolean {
  return outstanding(payment, now).some((op) => !isMutating(op.verb));
}

function workOf(payment: Payment, op: Operation, now: Instant, timing: Timing): Work {
  const attempt = payment.attempts.find((one) => one.id === op.attempt_id);
  const start_to_close_ms = startToCloseMs(timing);
  const within_ms = Math.max(0, op.not_after - now) + start_to_close_ms;
  const channel = attempt?.channel ?? '';
  return {
    id: op.id,
    verb: op.verb,
    channel,
    attempt: op.attempt_id,
    within_ms,
    start_to_close_ms,
  };
}

/** `processing` answers a waiting caller only once the channel itself said pending. */
export function isStable(payment: Payment): boolean {
  if (payment.status === 'canceling' || payment.next) return false;
  const live = liveAttempt(payment);
  return payment.status !== 'processing' || live?.status === 'processing' || live?.frozen != null;
}

/** Has everything been answered that the channel was asked up to the last transition? */
export function isAnswered({ attempts, updated_at }: Payment): boolean {
  const operations = attempts.flatMap((attempt) => attempt.operations);
  return !operations.some((op) => isOpenQuestion(op) && op.run_at <= updated_at);
}

/** Polling waits for a change, and of a stray nobody asked. */
function isOpenQuestion({ awaits, stray, ended }: Operation): boolean {
  return (awaits === 'answer' || awaits === 'word') && stray === null && ended === null;
}

interface Deadline {
  readonly what: string;
  readonly at: Instant;
}

/** When the payment is given up by itself: its hold's end less the margin, else the end of the payer's time. */
export function endOf(payment: Payment, timing: Timing): Deadline | null {
  const live = liveAttempt(payment);
  if (live?.status !== 'held') return { what: 'expiry', at: payment.expires_at };
  if (live.capture_before === null) return null;
  return { what: 'hold', at: live.capture_before - timing.hold_margin_ms };
}

/** The next instant at which somebody must look, or null at rest. The one list of due times. */
export function nextDeadline(payment: Payment, now: Instant, timing: Timing): Deadline | null {
  const deadlines = openOperations(payment)
    .filter((op) => op.run_at > now)
    .map((op) => ({ what: `${op.verb} ${op.attempt_id} ${op.id}`, at: op.run_at }));
  if (!payment.given_up && !isFinal(payment.status)) {
    const ends = endOf(payment, timing);
    if (ends) deadlines.push(ends);
    deadlines.push(...payment.attempts.flatMap((attempt) => codeDeadline(payment, attempt)));
  }
  return deadlines.reduce<Deadline | null>(
    (first, one) => (first && first.at <= one.at ? first : one),
    null,
  );
}

/** Until a new code is asked for, also when its time has passed unseen (a run that begins again plans nothing). */
function codeDeadline(payment: Payment, attempt: Attempt): Deadline[] {
  const at = attempt.code_ends_at;
  if (at === null || at >= payment.expires_at || !isCodeWatched(attempt)) return [];
  return [{ what: `code ${attempt.id} ${at}`, at }];
}

/** Does something follow from the end of its code: the next one, or a reversal of what the payer did not pay with his? */
function isCodeWatched(attempt: Attempt): boolean {
  if (isPresented(attempt)) return isLive(attempt) && !attempt.frozen && attempt.ending === null;
  const isRenewed = attempt.operations.some((op) => op.verb === 'create' && op.ended === null);
  return attempt.status === 'requires_action' && attempt.ending === null && !isRenewed;
}

function dueOf(payment: Payment, now: Instant, timing: Timing): View['due'] {
  const deadline = nextDeadline(payment, now, timing);
  return deadline && { what: deadline.what, in_ms: Math.max(0, deadline.at - now) };
}

const sentences: Readonly<Record<Payment['status'], string>> = {
  requires_payment_method: 'Waits for a payment method.',
  in_review: 'Waits for a review.',
  requires_action: 'Waits for the payer.',
  processing: 'The channel has it; waiting for its word.',
  requires_capture: 'Held at the channel; waits for a capture.',
  partially_captured: 'Captured in part; the rest is held.',
  canceling: 'Given up; waiting for the proof that the channel takes no more money.',
  succeeded: 'Paid.',
  canceled: 'Canceled; the channel takes no more money.',
  failed: 'Failed; no money was taken.',
};

/** Where the payment stands and what it waits for, in words for an operator. */
function sentenceOf(payment: Payment): string {
  const parts = [`${format(payment)} · ${payment.order_no}: ${sentences[payment.status]}`];
  if (payment.outcome === 'unknown')
    parts.push('Money may or may not have moved: the channel is being asked.');
  const refunding = payment.refunds.filter((refund) => refund.status === 'processing').length;
  if (refunding > 0) parts.push(`${refunding} refund(s) under way.`);
  const disputed = amountDisputed(disputesOfOrder(payment), payment.refunds);
  if (disputed > 0) parts.push(`Disputed: ${format({ ...payment, amount: disputed })}.`);
  const cases = payment.cases.filter((one) => one.status === 'open');
  if (cases.length > 0)
    parts.push(`A person must decide: ${cases.map((one) => one.kind).join(', ')}.`);
  return parts.join(' ');
}
