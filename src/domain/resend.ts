import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import { type Instant, type Operation, startToCloseMs } from './operation.ts';
import type { Which } from './operation-plan.ts';
import { isReported } from './query-plan.ts';

/** A call whose end is unknown: itself, its resends, and the questions about it. */
export interface Doubtful {
  readonly call: Which;
  readonly question: Which;
}

/**
 * What is to be done about it. `word`: ask what the channel knows by now; `again`: it knows of nothing, send the same
 * under the same key; `answer`: ask until nothing can happen any more, for another send could be another deed.
 *
 * The first call may still arrive after its resend. That is sound only where the channel's key makes both one deed:
 * within its replay window, and while the next send bears the same key as the last. Until the channel has
 * answered, the call stays unknown, so a refusal of a resend proves nothing about the call before it.
 */
export function resendOf(
  draft: Draft,
  attempt: Attempt,
  about: Doubtful,
): 'word' | 'again' | 'answer' {
  const calls = attempt.operations.filter(about.call);
  const last = calls.at(-1);
  const isSameKey = last?.ended === 'unknown' || last?.ended === 'never_sent';
  if (!isSameKey || !isReplayed(draft, attempt, calls)) return 'answer';
  if (isReported(draft, attempt)) return 'again'; // nobody can be asked: the same call again is how it is heard
  return isUnheardOf(attempt, about) ? 'again' : 'word';
}

function isReplayed(draft: Draft, attempt: Attempt, calls: readonly Operation[]): boolean {
  const { now, timing } = draft.context;
  return now + startToCloseMs(timing) < forgottenAt(draft, attempt, calls);
}

/** From when on the channel may have forgotten the key of these calls: the next one under it may be another deed. */
function forgottenAt({ context }: Draft, attempt: Attempt, calls: readonly Operation[]): Instant {
  const { replay_window_ms } = context.rulesOf(attempt);
  return replay_window_ms === null
    ? Infinity
    : (calls[0]?.run_at ?? context.now) + replay_window_ms;
}

/**
 * Until when such a call may be sent once more. One that left and was not answered may have been carried out: again only while
 * the channel knows its key, or when it was asked and knew of none. Where nobody can be asked a report that lacks it is no such
 * word, however late it came out (decision 0059).
 *
 * @param isDenied is it held that no such call was carried out, because the channel or its reports know of none?
 */
export function sentUntil(draft: Draft, attempt: Attempt, call: Which, isDenied: boolean): Instant {
  const calls = attempt.operations.filter(call);
  const isDoubtful = calls.some(({ ended }) => ended === 'unknown' || ended === 'stored');
  if (!isDoubtful || (isDenied && !isReported(draft, attempt))) return Infinity;
  return forgottenAt(draft, attempt, calls);
}

/** Asked since the last such call, the channel gave its word: that it still is doubtful means that nothing happened yet. */
function isUnheardOf(attempt: Attempt, { call, question }: Doubtful): boolean {
  const isWord: Which = (op) => question(op) && op.awaits === 'word';
  const last = attempt.operations.findLast((op) => call(op) || isWord(op));
  return last !== undefined && isWord(last) && last.ended === 'answered';
}
