import type { Refusal } from './fact.ts';
import type { Minor } from './money.ts';
import type { Instant } from './operation.ts';
import type { VersionedRules } from './routing.ts';
import { fits, type Paying, type RefundRule } from './rule.ts';

/** What the rules of an app say of the refunds of one payment: those that are about it, of the version that was in force. */
export interface RefundTerms {
  readonly rules_version: number;
  readonly rules: readonly RefundRule[];
}

/** Those rules of refunds that are about this payment; null where none is. */
export function refundTermsOf(rules: VersionedRules | null, paying: Paying): RefundTerms | null {
  const about = rules?.refunds?.filter((rule) => fits(rule, paying)) ?? [];
  return rules === null || about.length === 0 ? null : { rules_version: rules.version, rules: about };
} // prettier-ignore

/** A refund that a merchant asks for, as the rules look at it. */
export interface Refunding {
  readonly amount: Minor;
  /** What of the payment could be refunded at once: of the capture that it comes out of, where the channel gives back by these. */
  readonly left: Minor;
  readonly paid_at: Instant;
  readonly now: Instant;
}

const dayMs = 86_400_000;

/** Why the rules do not allow this refund, if so. All that fit hold: of several windows the shortest. */
export function refundRefusal({ rules }: RefundTerms, asked: Refunding): Refusal | undefined {
  for (const rule of rules) {
    const refused = outOfTime(rule, asked) ?? inPart(rule, asked);
    if (refused) return refused;
  }
  return undefined;
}

function outOfTime({ name, window_days }: RefundRule, { paid_at, now }: Refunding): Refusal | undefined {
  if (window_days === undefined) return undefined;
  const ended = paid_at + window_days * dayMs;
  if (now < ended) return undefined;
  const detail = `the rule '${name}' allows refunds for ${window_days} days: until ${new Date(ended).toISOString()}`;
  return { code: 'refund_window_passed', detail };
} // prettier-ignore

function inPart({ name, partial }: RefundRule, { amount, left }: Refunding): Refusal | undefined {
  if (partial !== false || amount === left) return undefined;
  const detail = `the rule '${name}' allows refunds of all that is left: ${left}, not ${amount}`;
  return { code: 'partial_refund_not_allowed', detail };
}

/**
 * The rule by which a person must approve a refund, if there is one: a large refund is no smaller in parts.
 * @param inAll the refund and what was reserved for refunds of its payment before it
 */
export function approvalRule({ rules }: RefundTerms, inAll: Minor): RefundRule | undefined {
  return rules.find(({ approval_above = Infinity }) => inAll > approval_above);
}
