import { attemptAt } from './attempt-plan.ts';
import { type Context, draftOf, emit } from './draft.ts';
import { conclude, type Fold } from './fold.ts';
import type { Choice, Payment, Terms } from './payment.ts';

/** The first risk verdict of every payment until risk exists: recorded, so that nobody wonders later. */
export const riskVerdict = { verdict: 'allow', reason: 'no risk rules yet' } as const;

/** A new payment: with a method its attempt and first call are planned, without one it waits for one. */
export function create(terms: Terms, choice: Choice | null, context: Context): Fold {
  const empty: Payment = {
    ...terms,
    status: choice ? 'processing' : 'requires_payment_method',
    outcome: 'known',
    sequence: 0,
    method: choice?.method ?? null,
    given_up: null,
    cancellation_reason: null,
    cancel_note: null,
    failure: null,
    late: false,
    paid_by: null,
    next: null,
    attempts: [],
    captures: [],
    refunds: [],
    cases: [],
    disputes: [],
    updated_at: terms.created_at,
  };
  const draft = draftOf(empty, context);
  emit(draft, 'payment.created');
  if (choice) draft.payment.attempts.push(attemptAt(draft.payment, choice, context));
  const made = conclude(draft, empty);
  return { ...made, changed: true, payment: { ...made.payment, sequence: 1 } };
}
