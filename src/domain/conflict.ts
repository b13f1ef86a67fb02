import { advance, type Attempt, isCounted, isLive } from './attempt.ts';
import type { Case } from './case.ts';
import { closeCase, type Draft, emit, openCase } from './draft.ts';
import { isUntold } from './query-plan.ts';

/**
 * An answer that disagrees: nothing is booked, nothing more is asked, a person decides; about the same words once,
 * if nothing goes on. Paid never un-pays, so of an attempt whose agreed amount has come he is asked beside it.
 */
export function freeze(draft: Draft, attempt: Attempt, detail: string, reference?: string): void {
  if (attempt.frozen === 'disagrees') return; // said before
  const isEnding = !isLive(attempt) || attempt.ending !== null;
  if (isEnding && wasAsked(draft, attempt, detail)) return advance(attempt, 'closed'); // found unpaid, it is over
  emit(draft, 'payment.conflict');
  if (attempt.status !== 'paid') {
    attempt.frozen = 'disagrees';
    advance(attempt, 'unknown');
  }
  openCase(draft, {
    kind: 'conflict',
    attempt_id: attempt.id,
    detail,
    ...(reference === undefined ? {} : { receipt_reference: reference }),
  });
}

/**
 * Money of another payment under our number, and not in our amount, of which nobody can be asked: ours goes on, and a person
 * is asked about the other, once (decision 0056).
 */
export function showUntold(draft: Draft, attempt: Attempt, number: string, said: string): void {
  const wasShown = ({ kind, attempt_id, receipt_reference }: Case) =>
    kind === 'conflict' && attempt_id === attempt.id && receipt_reference === number;
  if (draft.payment.cases.some(wasShown)) return;
  emit(draft, 'payment.conflict');
  const detail = `${number}, another payment under ${attempt.id}: ${said}`;
  openCase(draft, { kind: 'conflict', attempt_id: attempt.id, receipt_reference: number, detail });
}

/** Whatever he has decided. */
function wasAsked({ payment }: Draft, { id }: Attempt, detail: string): boolean {
  return payment.cases.some(
    (one) => one.kind === 'conflict' && one.attempt_id === id && one.detail === detail,
  );
}

const confirmed = {
  decision: 'treat_as_paid',
  reason: 'the channel confirmed the agreed amount',
} as const;

/**
 * Whatever was asked of a person about this attempt is answered: mostly, the agreed amount came after all. What is the
 * matter with money that was counted before, other money does not tell.
 */
export function thaw(
  draft: Draft,
  attempt: Attempt,
  { decision, reason }: Pick<Case, 'decision'> & { readonly reason: string } = confirmed,
): void {
  if (!attempt.frozen) return;
  attempt.frozen = null;
  for (const one of questionsAbout(draft, attempt)) {
    if (!isCounted(attempt, one.receipt_reference)) closeCase(draft, one, decision, reason);
  }
}

/**
 * Is the attempt frozen for what the channel told of this number of its own (null: of the order as a whole), and for
 * nothing else? Then another word about that is the answer to all that a person is asked.
 */
export function isOnlyDoubt(draft: Draft, attempt: Attempt, number: string | null): boolean {
  const isAboutIt = (one: Case) => one.receipt_reference === number;
  return attempt.frozen === 'disagrees' && questionsAbout(draft, attempt).every(isAboutIt);
}

/** What a person has yet to say about this attempt's own money. */
function questionsAbout(draft: Draft, attempt: Attempt): readonly Case[] {
  return draft.payment.cases.filter(
    (one) =>
      one.status === 'open' &&
      one.attempt_id === attempt.id &&
      one.refund_id === null &&
      (one.kind === 'conflict' || one.kind === 'outcome_unknown') &&
      !isUntold(draft, attempt, one.receipt_reference),
  );
}
