import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import type { Id } from './id.ts';
import { askingMs, type Instant, type Operation } from './operation.ts';
import { add, isOfOrder, openOf, supersede, type Which } from './operation-plan.ts';
import type { Refund } from './refund.ts';

/** Keeps one query of the attempt open. */
export function ask(
  draft: Draft,
  attempt: Attempt,
  awaits: 'answer' | 'change',
  forMs?: number,
): void {
  question(draft, attempt, {
    verb: 'query',
    channel_key: attempt.id,
    awaits,
    unsettled: isUnsettled(draft, attempt) ? isOfOrder : null,
    ...(forMs === undefined ? {} : { forMs }),
  });
}

/** Is there a call whose effect may still come? */
function isUnsettled(draft: Draft, attempt: Attempt): boolean {
  const isCaptureUnknown = draft.payment.captures.some(
    (capture) => capture.attempt_id === attempt.id && capture.executed === 'maybe',
  );
  return attempt.created === 'maybe' || attempt.confirmed === 'maybe' || isCaptureUnknown;
}

/** Keeps one query of the refund open. */
export function askRefund(
  draft: Draft,
  attempt: Attempt,
  refund: Refund,
  awaits: 'answer' | 'change',
  forMs?: number,
): void {
  const isMine = (op: Operation) => op.verb === 'refund' && op.refund_id === refund.id;
  question(draft, attempt, {
    verb: 'query_refund',
    channel_key: refund.id,
    refund_id: refund.id,
    awaits,
    unsettled: refund.accepted === 'maybe' ? isMine : null,
    ...(forMs === undefined ? {} : { forMs }),
  });
}

interface Question {
  readonly verb: 'query' | 'query_refund';
  readonly channel_key: string;
  readonly refund_id?: Id<'ref'>;
  readonly awaits: 'answer' | 'change';
  /** The mutating call whose unknown end is asked about: "nothing happened" is a fact only when it is out of time. */
  readonly unsettled: Which | null;
  readonly forMs?: number;
}

/** Keeps one such question open. An `answer` that is already asked for also serves who wants a `change`. */
function question(draft: Draft, attempt: Attempt, asked: Question): void {
  const { verb, awaits, forMs = askingMs, unsettled, channel_key, refund_id } = asked;
  const mine: Which = (op) => op.verb === verb && op.refund_id === (refund_id ?? null);
  if (openOf(attempt, (op) => mine(op) && (op.awaits === awaits || op.awaits === 'answer'))) return;
  supersede(attempt, mine);
  const { now, timing } = draft.context;
  add(draft, attempt, {
    verb,
    channel_key,
    run_at: awaits === 'answer' ? now : now + timing.first_poll_ms,
    not_after: now + forMs,
    awaits,
    settles_at: unsettled && settledAt(draft, attempt.operations.filter(unsettled)),
    ...(refund_id ? { refund_id } : {}),
  });
}

/** The last sender's window, the channel's timeout and 5 s. */
function settledAt({ context }: Draft, sent: readonly Operation[]): Instant {
  const last = Math.max(context.now, ...sent.map((op) => op.not_after));
  return last + context.timing.channel_timeout_ms + 5_000;
}
