import type { Id } from './id.ts';
import type { Instant } from './operation.ts';

export const caseKinds = [
  'late_money',
  'conflict',
  'outcome_unknown',
  'refund_undeliverable',
  'refund_approval',
] as const;
export type CaseKind = (typeof caseKinds)[number];

/** What a person may decide on each kind of case (contract section 2; `refund_approval`: decision 0047). */
export const decisionsOf = {
  late_money: ['accept', 'refund'],
  conflict: ['treat_as_paid', 'treat_as_unpaid'],
  outcome_unknown: ['treat_as_paid', 'treat_as_unpaid'],
  refund_undeliverable: ['paid_otherwise', 'retry'],
  refund_approval: ['approve', 'reject'],
} as const satisfies Record<CaseKind, readonly string[]>;
export type Decision = (typeof decisionsOf)[CaseKind][number];

/** Work for a person. */
export interface Case {
  readonly id: Id<'case'>;
  readonly kind: CaseKind;
  readonly attempt_id: Id<'att'>;
  readonly refund_id: Id<'ref'> | null;
  /** What the machine saw, for the person who decides. */
  readonly detail: string;
  /** The receipt in question, by the channel's number for it. */
  receipt_reference: string | null;
  status: 'open' | 'resolved';
  decision: Decision | null;
  reason: string | null;
  readonly created_at: Instant;
  resolved_at: Instant | null;
}

/** True when the decision is one that this kind of case allows. */
export function isAllowed(kind: CaseKind, decision: string): decision is Decision {
  const allowed: readonly string[] = decisionsOf[kind];
  return allowed.includes(decision);
}
