import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import type { Channel } from '../channels/channel.ts';
import { openIncrement } from '../domain/increment.ts';
import { type Answer, type Credited, isUnconfirmed } from '../domain/outcome.ts';
import { postponeAttendance, type StoredCall } from '../store/operation.ts';
import type { Store } from '../store/store.ts';

/** What polls ask with, and record in. */
export interface PollDependencies {
  readonly store: Store;
  readonly channelFor: (slug: string) => Channel | undefined;
  /** Seconds between queries; the last repeats. */
  readonly pollSchedule: readonly number[];
}

/** Does this say what was asked for, or only that it is not known yet? */
export function endsAsking(stored: StoredCall, answer: Answer): boolean {
  if (answer.kind === 'unknown' || answer.kind === 'never_sent') return false;
  if (stored.awaits === 'word') return true;
  if (answer.kind === 'not_found') return stored.settled;
  if (saysNothingHappened(stored, answer)) return stored.settled;
  if (stored.awaits === 'answer') return true;
  if (answer.kind === 'refund') return answer.status !== 'processing';
  if (answer.kind === 'credited') return saysMore(stored, answer);
  if (answer.kind === 'open') return stored.attempt_status !== 'requires_action';
  if (answer.kind === 'agreed') return stored.attempt_status === 'requires_action';
  if (answer.kind === 'action_required') return stored.attempt_status !== 'requires_action';
  if (answer.kind === 'pending') return stored.attempt_status !== 'processing';
  return true;
}

/** Credits that are known already tell no more than that the order waits. */
function saysMore(
  { attempt_status, receipts }: StoredCall,
  { receipts: told, is_closed }: Credited,
): boolean {
  const known = new Set(receipts.map((receipt) => receipt.channel_reference));
  const isNew = told.some((receipt) => !known.has(receipt.channel_reference));
  return isNew || is_closed || attempt_status !== 'requires_action';
}

/** A confirmation, a capture or an increment that left and was not answered: that it did not happen may only be that it did not yet. */
function saysNothingHappened(stored: StoredCall, answer: Answer): boolean {
  if (stored.stray !== null) return false; // of that order nothing was asked
  if (isUnconfirmed(answer)) return stored.confirmed === 'maybe';
  if (answer.kind !== 'held') return false;
  const isNotTaken = stored.is_capture_unknown && answer.captured <= stored.captured;
  return isNotTaken || (isRaiseUnknown(stored) && answer.held === stored.amount);
}

function isRaiseUnknown(stored: StoredCall): boolean {
  return openIncrement(stored)?.executed === 'maybe';
}

/** A report does not change, and the next one comes out a day later at the earliest: to read them all again before finds nothing new. */
const reportPollMs = 86_400_000;

function isReported({ channelFor }: PollDependencies, { channel }: StoredCall): boolean {
  return (channelFor(channel)?.facts.reported_after_ms ?? null) !== null;
}

/**
 * The failure that has Temporal ask again. Benign, so that it is no warning; the next delay comes from the schedule, its last
 * entry repeats.
 *
 * @param last what the channel said now
 */
export async function stillPending(
  dependencies: PollDependencies,
  stored: StoredCall,
  last: string,
): Promise<ApplicationFailure> {
  const { attempt } = Context.current().info;
  const schedule = dependencies.pollSchedule;
  const usual = (schedule[Math.min(attempt, schedule.length - 1)] ?? 60) * 1_000;
  const wanted = isReported(dependencies, stored) ? Math.max(usual, reportPollMs) : usual;
  const in_ms = Math.ceil(Math.max(500, Math.min(wanted, stored.next_fact_in_ms)));
  await postponeAttendance(dependencies.store.pool, stored.payment_id, in_ms);
  return ApplicationFailure.create({
    type: 'StillPending',
    message: `${stored.channel} says ${last}`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: in_ms,
  });
}
