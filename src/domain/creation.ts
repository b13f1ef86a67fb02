import type { Attempt } from './attempt.ts';
import { type Context, draftOf, emit } from './draft.ts';
import { conclude, type Fold } from './fold.ts';
import type { Id } from './id.ts';
import type { Payment, Terms } from './payment.ts';

/** Where an attempt goes: a channel and its account, with the version of its settings pinned. */
export interface Route {
  readonly channel: string;
  readonly channel_account: Id<'cha'>;
  readonly account_version: number;
}

/** The first risk verdict of every payment until risk exists: recorded, so that nobody wonders later. */
export const riskVerdict = { verdict: 'allow', reason: 'no risk rules yet' } as const;

/** A new payment: with a method its attempt and first call are planned, without one it waits for one. */
export function create(
  terms: Terms,
  method: string | null,
  route: Route | null,
  context: Context,
): Fold {
  const empty: Payment = {
    ...terms,
    status: method ? 'processing' : 'requires_payment_method',
    outcome: 'known',
    sequence: 0,
    method,
    given_up: null,
    cancellation_reason: null,
    cancel_note: null,
    failure: null,
    late: false,
    paid_by: null,
    attempts: [],
    refunds: [],
    cases: [],
    updated_at: terms.created_at,
  };
  const draft = draftOf(empty, context);
  emit(draft, 'payment.created');
  if (method && route)
    draft.payment.attempts.push(attemptAt(draft.payment, method, route, context));
  const made = conclude(draft, empty);
  return { ...made, changed: true, payment: { ...made.payment, sequence: 1 } };
}

function attemptAt(payment: Payment, method: string, route: Route, context: Context): Attempt {
  return {
    id: context.draw('att'),
    ...route,
    method,
    amount: payment.amount,
    currency: payment.currency,
    status: 'planned',
    created: 'no',
    ending: null,
    frozen: null,
    channel_reference: null,
    next_action: null,
    code_ends_at: null,
    failure: null,
    receipts: [],
    operations: [],
    created_at: context.now,
    updated_at: context.now,
  };
}
