import { type Attempt, isLive } from './attempt.ts';
import { attemptOf, type Draft } from './draft.ts';
import type { Id } from './id.ts';
import { openIncrement } from './increment.ts';
import { askingMs, type Awaits, type Instant, type Operation } from './operation.ts';
import { add, isOfOrder, isOwnQuery, openOf, supersede, type Which } from './operation-plan.ts';
import type { Refund } from './refund.ts';

/** Keeps one query of the attempt open. */
export function ask(draft: Draft, attempt: Attempt, awaits: Awaits, forMs?: number): void {
  question(draft, attempt, {
    verb: 'query',
    channel_key: attempt.id,
    awaits,
    settles_at:
      awaits !== 'word' && isUnsettled(draft, attempt)
        ? Math.max(settledAt(draft, attempt, isOfOrder), unopenedEnd(draft, attempt) ?? 0)
        : null,
    ...(forMs === undefined ? {} : { forMs }),
  });
}

/** Asks about an attempt that is over, and of which no order is known. That there is none changes nothing: it is an answer at once. */
export function askOver(draft: Draft, attempt: Attempt, forMs: number): void {
  const settles_at = draft.context.now;
  question(draft, attempt, { verb: 'query', channel_key: attempt.id, awaits: 'answer', settles_at, forMs }); // prettier-ignore
}

/** Of what is over: a question that only waits for a change, or for a report that is not out yet. */
export function isNeedless(draft: Draft, op: Operation): boolean {
  const { now } = draft.context;
  const isReportToCome =
    isReported(draft, attemptOf(draft.payment, op.attempt_id)) && (op.settles_at ?? 0) > now;
  return op.awaits !== 'answer' || op.run_at > now || isReportToCome;
}

/** Asks after what changed just now: a question that is under way may have been answered before. */
export function askAnew(draft: Draft, attempt: Attempt): void {
  supersede(attempt, isOwnQuery);
  ask(draft, attempt, 'answer');
}

/** What a bank had taken in when its account was closed is booked by the next day. */
const bookingMs = 86_400_000;

/** From when on a question about an order that several payments may come under finds all of them; null where one pays it. */
function lastLookAt({ payment, context }: Draft, attempt: Attempt): Instant | null {
  return context.rulesOf(attempt).several_credits ? payment.expires_at + bookingMs : null;
}

/** Of what is over: the question that is asked when nothing more can come (decision 0040). */
export function isLastLook(draft: Draft, attempt: Attempt, { awaits, run_at }: Operation): boolean {
  const at = lastLookAt(draft, attempt);
  return at !== null && awaits === 'answer' && run_at >= at;
}

/** Of what is over: is looked at once more when nothing more can come, unless it was asked about since. */
export function planLastLook(draft: Draft, attempt: Attempt): void {
  const at = lastLookAt(draft, attempt);
  if (at === null || attempt.created === 'no') return;
  const isDone: Which = (op) =>
    isOwnQuery(op) && op.ended !== 'superseded' && isLastLook(draft, attempt, op);
  if (attempt.operations.some(isDone)) return;
  const run_at = Math.max(draft.context.now, at);
  const { id: channel_key } = attempt;
  add(draft, attempt, { verb: 'query', channel_key, run_at, not_after: run_at + askingMs, awaits: 'answer', settles_at: null }); // prettier-ignore
}

/** An order ends by the channel's clock, which may be behind ours, and the payer may open it at the last moment. */
const expiryMarginMs = 30_000;

/** From when on an order that the channel does not find can be opened no more; null where "not found" means none was made. */
export function unopenedEnd({ payment, context }: Draft, attempt: Attempt): Instant | null {
  const { not_found_means } = context.rulesOf(attempt);
  return not_found_means === 'not_opened' ? payment.expires_at + expiryMarginMs : null;
}

/** Is there nobody to ask, but a report that comes out later? */
export function isReported(draft: Draft, attempt: Attempt): boolean {
  return reportedAfterMs(draft, attempt) !== null;
}

/**
 * Is this number of the channel that of a stray about which nobody can be asked (decision 0056)? What is told first under
 * our reference is taken for ours.
 */
export function isUntold(draft: Draft, attempt: Attempt, order: string | null): boolean {
  if (order === null || order.startsWith('cap_')) return false;
  return isReported(draft, attempt) && attempt.handle !== null && order !== attempt.handle;
}

function reportedAfterMs({ context }: Draft, attempt: Attempt): number | null {
  return context.rulesOf(attempt).reported_after_ms;
}

/** Is there a call whose effect may still come? */
function isUnsettled(draft: Draft, attempt: Attempt): boolean {
  const isCaptureUnknown = draft.payment.captures.some(
    (capture) => capture.attempt_id === attempt.id && capture.executed === 'maybe',
  );
  const isChangeUnknown = isCaptureUnknown || openIncrement(attempt)?.executed === 'maybe';
  return attempt.created === 'maybe' || attempt.confirmed === 'maybe' || isChangeUnknown;
}

/** Has this question been asked for as long as we ask? A shorter one is simply over. */
export function isLastWord({ context }: Draft, { run_at, not_after }: Operation): boolean {
  return context.now >= not_after && not_after - run_at > askingMs / 2;
}

/** Keeps one query of the refund open. */
export function askRefund(
  draft: Draft,
  attempt: Attempt,
  refund: Refund,
  awaits: Awaits,
  forMs?: number,
): void {
  const isMine = (op: Operation) => op.verb === 'refund' && op.refund_id === refund.id;
  question(draft, attempt, {
    verb: 'query_refund',
    channel_key: refund.id,
    refund_id: refund.id,
    awaits,
    settles_at:
      awaits !== 'word' && refund.accepted === 'maybe' ? settledAt(draft, attempt, isMine) : null,
    ...(forMs === undefined ? {} : { forMs }),
  });
}

/** Asks about a refund that is over, and that the channel is held not to have: as about such an attempt. */
export function askRefundOver(draft: Draft, attempt: Attempt, { id }: Refund, forMs: number): void {
  const settles_at = draft.context.now;
  question(draft, attempt, { verb: 'query_refund', channel_key: id, refund_id: id, awaits: 'answer', settles_at, forMs }); // prettier-ignore
}

/** How long a callback that disagrees has the channel asked, and "there is no such order" is not believed. */
export const doubtMs = 60_000;

/** Asks about an order that bears the attempt's reference and is not its own: only the channel's answer counts. */
export function askStray(draft: Draft, attempt: Attempt, stray: string): void {
  question(draft, attempt, {
    verb: 'query',
    channel_key: attempt.id,
    stray,
    awaits: 'answer',
    settles_at: draft.context.now + doubtMs,
  });
}

interface Question {
  readonly verb: 'query' | 'query_refund';
  readonly channel_key: string;
  readonly refund_id?: Id<'ref'>;
  readonly awaits: Awaits;
  /** From then on "nothing happened" is a fact; null where nothing is under way that could still happen. */
  readonly settles_at: Instant | null;
  readonly stray?: string;
  readonly forMs?: number;
}

/** Which open question serves who wants this one; who only wants to have it looked at is served by a `word` too. */
const served: Readonly<Record<Awaits, readonly Awaits[]>> = {
  change: ['change', 'answer', 'word'],
  answer: ['answer'],
  word: ['word'],
};

/** Keeps one such question open. */
function question(draft: Draft, attempt: Attempt, asked: Question): void {
  const { verb, awaits, forMs = askingMs, settles_at, channel_key } = asked;
  const { refund_id = null, stray = null } = asked;
  const mine: Which = (op) => op.verb === verb && op.refund_id === refund_id && op.stray === stray;
  const serving = asked.forMs === undefined ? served[awaits] : [...served[awaits], 'word'];
  const { now } = draft.context;
  const isLater: Which = (op) => op.run_at > now && !isLive(attempt) && isOwnQuery(op); // a last look
  const serves: Which = (op) => op.awaits !== null && serving.includes(op.awaits) && !isLater(op);
  if (openOf(attempt, (op) => mine(op) && serves(op))) return;
  supersede(attempt, mine);
  const run_at = asked.forMs === undefined ? askedAt(draft, attempt, awaits) : now;
  add(draft, attempt, {
    verb,
    channel_key,
    run_at,
    not_after: now + forMs,
    awaits,
    settles_at,
    refund_id,
    stray,
  });
}

/** No report comes out sooner after what it tells of. What is looked for may stand in any until the one in which it must. */
const firstReportMs = 86_400_000;

/** At once, or when callbacks have mostly come; where only a report can say it, not before one can be out. */
function askedAt(draft: Draft, attempt: Attempt, awaits: Awaits): Instant {
  const { now, timing } = draft.context;
  const reported = reportedAfterMs(draft, attempt);
  if (reported !== null) return now + Math.min(reported, firstReportMs);
  return now + (awaits === 'change' ? timing.first_poll_ms : 0);
}

/** The window of the last of these senders, the channel's timeout and 5 s; then the report must be out where one tells. */
function settledAt(draft: Draft, attempt: Attempt, sent: Which): Instant {
  const { context } = draft;
  const windows = attempt.operations.filter(sent).map((op) => op.not_after);
  const last = Math.max(context.now, ...windows);
  return last + context.timing.channel_timeout_ms + 5_000 + (reportedAfterMs(draft, attempt) ?? 0);
}
