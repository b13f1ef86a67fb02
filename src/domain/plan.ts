import { advance, type Attempt, isLive } from './attempt.ts';
import type { Draft } from './draft.ts';
import {
  askingMs,
  type Instant,
  isMutating,
  isOpen,
  type Operation,
  startToCloseMs,
  type Verb,
} from './operation.ts';
import { isFinal, type Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/**
 * Derives what the payment owes from where it stands: after every fact each attempt and each refund has
 * exactly the operations that it needs next. Doing it twice adds nothing.
 */
export function plan(draft: Draft): void {
  for (const attempt of draft.payment.attempts) planAttempt(draft, attempt);
  for (const refund of draft.payment.refunds) planRefund(draft, refund);
}

function planAttempt(draft: Draft, attempt: Attempt): void {
  if (isLive(attempt) && !attempt.frozen) {
    if (isUnwanted(draft.payment, attempt)) return planEnding(draft, attempt);
    return planLife(draft, attempt);
  }
  fence(attempt, 'create');
  supersede(attempt, (op) => op.verb === 'query' && op.awaits === 'change');
}

/** Given up, or another attempt has paid. */
function isUnwanted(payment: Payment, attempt: Attempt): boolean {
  return payment.given_up !== null || (isFinal(payment.status) && payment.paid_by !== attempt.id);
}

function planLife(draft: Draft, attempt: Attempt): void {
  const { now } = draft.context;
  switch (attempt.status) {
    case 'planned':
      return mutate(draft, attempt, 'create');
    case 'requires_action':
      if (codeEnded(draft.payment, attempt, now)) mutate(draft, attempt, 'create');
      return ask(draft, attempt, 'change');
    case 'processing':
      return ask(draft, attempt, 'change');
    default:
      return ask(draft, attempt, 'answer');
  }
}

/** The code is dead before the payment: the same order gives a new one. */
export function codeEnded(payment: Payment, attempt: Attempt, now: Instant): boolean {
  return (
    attempt.code_ends_at !== null &&
    attempt.code_ends_at < payment.expires_at &&
    now >= attempt.code_ends_at
  );
}

/** Query, close, query: an attempt is closed only with proof that it takes no more money. */
function planEnding(draft: Draft, attempt: Attempt): void {
  fence(attempt, 'create');
  if (openOf(attempt, (op) => isMutating(op.verb) && op.refund_id === null)) return;
  if (attempt.created === 'no') return advance(attempt, 'closed');
  attempt.ending ??= 'ask';
  if (attempt.status === 'processing') return ask(draft, attempt, 'change');
  if (attempt.ending === 'close') return mutate(draft, attempt, 'close');
  ask(draft, attempt, 'answer');
}

/** What is not sent yet never will be: the fence falls in the deciding transaction. */
function fence(attempt: Attempt, verb: Verb): void {
  for (const op of attempt.operations) {
    if (op.verb !== verb || !isOpen(op) || op.sent_at !== null) continue;
    op.fenced = true;
    op.ended = 'never_sent';
  }
}

function supersede(attempt: Attempt, which: (op: Operation) => boolean): void {
  for (const op of attempt.operations) if (isOpen(op) && which(op)) op.ended = 'superseded';
}

function openOf(attempt: Attempt, which: (op: Operation) => boolean): Operation | undefined {
  return attempt.operations.find((op) => isOpen(op) && which(op));
}

/** At most one mutating call of an attempt is in flight; a resend has the same key and its own fence. */
function mutate(draft: Draft, attempt: Attempt, verb: 'create' | 'close'): void {
  if (openOf(attempt, (op) => isMutating(op.verb) && op.refund_id === null)) return;
  supersede(attempt, (op) => op.verb === 'query' && op.awaits === 'answer');
  const earlier = attempt.operations.filter((op) => op.verb === verb);
  const run_at = draft.context.now + resendDelayMs(draft, earlier);
  const window_end = run_at + startToCloseMs(draft.context.timing) - 2_000;
  const not_after = verb === 'create' ? Math.min(window_end, draft.payment.expires_at) : window_end;
  add(draft, attempt, { verb, channel_key: attempt.id, run_at, not_after });
}

/**
 * At once after an answer; after a refused connection when the circuit may close again; after repeated
 * silence 1, 2, 4 … 60 s, so that a channel that is ill is not hammered. A call that was only late itself
 * (nobody was there to send it) is repeated at once.
 */
function resendDelayMs(draft: Draft, earlier: readonly Operation[]): number {
  const last = earlier.at(-1);
  if (!last) return 0;
  if (last.ended === 'never_sent') {
    return draft.context.now >= last.not_after ? 0 : draft.context.timing.circuit_retry_ms;
  }
  const repeats = earlier.filter((op) => op.ended !== 'never_sent').length;
  return repeats < 2 ? 0 : Math.min(60_000, 1_000 * 2 ** (repeats - 2));
}

/** Keeps one query of this kind open. An `answer` that is already asked for also serves who wants a `change`. */
export function ask(
  draft: Draft,
  attempt: Attempt,
  awaits: 'answer' | 'change',
  forMs = askingMs,
): void {
  const mine = (op: Operation) => op.verb === 'query';
  if (openOf(attempt, (op) => mine(op) && (op.awaits === awaits || op.awaits === 'answer'))) return;
  supersede(attempt, mine);
  const { now, timing } = draft.context;
  const run_at = awaits === 'answer' ? now : now + timing.first_poll_ms;
  const settles_at = attempt.created === 'maybe' ? settledAt(draft, attempt, 'create') : null;
  add(draft, attempt, {
    verb: 'query',
    channel_key: attempt.id,
    run_at,
    not_after: now + forMs,
    awaits,
    settles_at,
  });
}

/** "Not found" means never created only when the last sender's window, the channel's timeout and 5 s are over. */
function settledAt(
  draft: Draft,
  attempt: Attempt,
  verb: Verb,
  refund: Refund | null = null,
): Instant {
  const sent = attempt.operations.filter(
    (op) => op.verb === verb && op.refund_id === (refund?.id ?? null),
  );
  const last = Math.max(draft.context.now, ...sent.map((op) => op.not_after));
  return last + draft.context.timing.channel_timeout_ms + 5_000;
}

function planRefund(draft: Draft, refund: Refund): void {
  const attempt = draft.payment.attempts.find((one) => one.id === refund.attempt_id);
  if (!attempt) throw new Error(`refund ${refund.id} has no attempt`);
  const mine = (op: Operation) => op.refund_id === refund.id;
  if (refund.status !== 'processing') {
    return supersede(attempt, (op) => mine(op) && op.awaits === 'change');
  }
  if (openOf(attempt, (op) => mine(op) && op.verb === 'refund')) return;
  if (refund.accepted === 'no') return sendRefund(draft, attempt, refund);
  askRefund(draft, attempt, refund, refund.accepted === 'yes' ? 'change' : 'answer');
}

function sendRefund(draft: Draft, attempt: Attempt, refund: Refund): void {
  const { now, timing } = draft.context;
  const earlier = attempt.operations.filter(
    (op) => op.verb === 'refund' && op.refund_id === refund.id,
  );
  const run_at = Math.max(now + resendDelayMs(draft, earlier), spacedFrom(draft, attempt, refund));
  const not_after = run_at + startToCloseMs(timing) - 2_000;
  supersede(attempt, (op) => op.refund_id === refund.id && op.verb === 'query_refund');
  add(draft, attempt, {
    verb: 'refund',
    channel_key: refund.id,
    run_at,
    not_after,
    refund_id: refund.id,
  });
}

/** The channel wants time between two refunds of one order: counted from the latest that left or will. */
function spacedFrom(draft: Draft, attempt: Attempt, refund: Refund): Instant {
  const others = attempt.operations.filter(
    (op) => op.verb === 'refund' && op.refund_id !== refund.id && op.ended !== 'never_sent',
  );
  const latest = Math.max(0, ...others.map((op) => op.sent_at ?? op.run_at));
  return latest === 0 ? 0 : latest + draft.context.refundSpacingMs(attempt.channel);
}

/** Keeps one query of the refund open, as `ask` does for the attempt. */
export function askRefund(
  draft: Draft,
  attempt: Attempt,
  refund: Refund,
  awaits: 'answer' | 'change',
  forMs = askingMs,
): void {
  const mine = (op: Operation) => op.refund_id === refund.id && op.verb === 'query_refund';
  if (openOf(attempt, (op) => mine(op) && (op.awaits === awaits || op.awaits === 'answer'))) return;
  supersede(attempt, mine);
  const { now, timing } = draft.context;
  const run_at = awaits === 'answer' ? now : now + timing.first_poll_ms;
  const settles_at =
    refund.accepted === 'maybe' ? settledAt(draft, attempt, 'refund', refund) : null;
  const verb = 'query_refund';
  add(draft, attempt, {
    verb,
    channel_key: refund.id,
    run_at,
    not_after: now + forMs,
    awaits,
    settles_at,
    refund_id: refund.id,
  });
}

type Planned = Pick<Operation, 'verb' | 'channel_key' | 'run_at' | 'not_after'> &
  Partial<Pick<Operation, 'awaits' | 'settles_at' | 'refund_id'>>;

function add(draft: Draft, attempt: Attempt, planned: Planned): void {
  attempt.operations.push({
    awaits: null,
    settles_at: null,
    refund_id: null,
    ...planned,
    id: draft.context.draw('op'),
    attempt_id: attempt.id,
    sent_at: null,
    fenced: false,
    ended: null,
  });
}
