import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import { type Operation, startToCloseMs } from './operation.ts';
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

function isReplayed({ context }: Draft, attempt: Attempt, calls: readonly Operation[]): boolean {
  const { replay_window_ms } = context.rulesOf(attempt);
  const first = calls[0]?.run_at ?? context.now;
  const mustEnd = context.now + startToCloseMs(context.timing);
  return replay_window_ms === null || mustEnd < first + replay_window_ms;
}

/** Asked since the last such call, the channel gave its word: that it still is doubtful means that nothing happened yet. */
function isUnheardOf(attempt: Attempt, { call, question }: Doubtful): boolean {
  const isWord: Which = (op) => question(op) && op.awaits === 'word';
  const last = attempt.operations.findLast((op) => call(op) || isWord(op));
  return last !== undefined && isWord(last) && last.ended === 'answered';
}
