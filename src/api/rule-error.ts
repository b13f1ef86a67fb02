import { type Paying, refusalsBy, type RuleRefusal } from '../domain/rule.ts';
import type { Market } from './market.ts';
import type { FieldError } from './problem.ts';

const pointers = {
  method_denied: 'method',
  method_not_released: 'method',
  amount_below_limit: 'amount',
  amount_above_limit: 'amount',
  limit_per_day_exceeded: 'amount',
  limit_per_month_exceeded: 'amount',
} as const;

/** Where the method and the amount stand in a request. */
type Places = Readonly<Record<'method' | 'amount', string>>;

/** What the app's rules have against the payment. */
export function ruleErrors(
  at: Places,
  { rules }: Pick<Market, 'rules'>,
  paying: Paying,
): FieldError[] {
  return rules === null ? [] : refusalErrors(at, refusalsBy(rules, paying));
}

/** Refusals of rules as errors of the fields that they are about. */
export function refusalErrors(at: Places, refusals: readonly RuleRefusal[]): FieldError[] {
  return refusals.map(({ code, detail }) => ({ pointer: at[pointers[code]], code, detail }));
}
