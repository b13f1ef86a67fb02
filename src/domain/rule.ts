import type { Yardstick } from './ranking.ts';
import { placeIn } from './share.ts';

/** Which payments a rule is about. What is left out fits every payment; amounts are in minor units of the payment's currency. */
export interface When {
  readonly methods?: readonly string[] | undefined;
  readonly currencies?: readonly string[] | undefined;
  /** Ids of customers (`customer.id`). */
  readonly customers?: readonly string[] | undefined;
  /** Where customers are, by ISO 3166-1 alpha-2. */
  readonly countries?: readonly string[] | undefined;
  readonly amount_min?: number | undefined;
  readonly amount_max?: number | undefined;
}

interface Rule {
  /** The rule's own: it stands in refusals and on timelines, and deals the shares of a route. */
  readonly name: string;
  readonly when?: When | undefined;
}

/** What one payment may be of, and what all of a day or a month together. */
export interface LimitRule extends Rule {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly max_per_day?: number | undefined;
  readonly max_per_month?: number | undefined;
  readonly count_per_day?: number | undefined;
  readonly count_per_month?: number | undefined;
  /** Whose payments are counted together; default: the app's. */
  readonly per?: 'app' | 'customer' | 'method' | undefined;
  /** In which a day and a month begin (IANA); default UTC. */
  readonly zone?: string | undefined;
}

/** With which methods nothing is paid, or with which a part of the customers may already pay. */
export interface MethodRule extends Rule {
  readonly deny?: readonly string[] | undefined;
  readonly release?: readonly string[] | undefined;
  /** Whole percents of the customers that `release` is for. */
  readonly percent?: number | undefined;
}

/** Which channel account takes a payment: the first of a list that serves it, the best by a figure, or each its share. */
export interface RouteRule extends Rule {
  /** Left out: by the list alone, or by shares. */
  readonly by?: 'preference' | Yardstick | undefined;
  readonly accounts: readonly RouteAccount[];
}

export interface RouteAccount {
  readonly channel_account: string;
  /** Whole percents of the rule's payments; all of a rule's accounts have one, or none has. */
  readonly percent?: number | undefined;
}

/** When and how far a merchant refunds. Of refunds that the machine starts itself no rule is asked. */
export interface RefundRule extends Rule {
  /** Days of 24 hours from the payment on. */
  readonly window_days?: number | undefined;
  /** False: only all that is left at once. */
  readonly partial?: false | undefined;
  /** In minor units: when the refunds of a payment are more in all, a person is asked first. */
  readonly approval_above?: number | undefined;
}

/** The rules of an app, in one document; of each section the first that fits rules, of limits and methods all that fit. */
export interface Rules {
  readonly limits: readonly LimitRule[];
  readonly methods: readonly MethodRule[];
  readonly routes: readonly RouteRule[];
  /** Not there in documents of before 2026-11-30. */
  readonly refunds?: readonly RefundRule[] | undefined;
}

/** What of a payment the rules look at. */
export interface Paying {
  readonly method: string;
  readonly currency: string;
  /** In minor units. */
  readonly amount: number;
  readonly customer: string | null;
  /** Where the customer is, as the merchant says; null where he does not, and no rule of countries is about it. */
  readonly country: string | null;
  readonly order_no: string;
}

/** What a payment says of its payer. */
interface Payer {
  readonly id?: string | undefined;
  readonly country?: string | undefined;
}

/** The payment as the rules look at it. */
export function payingBy(
  method: string,
  payer: Payer | null | undefined,
  { currency, amount, order_no }: Pick<Paying, 'currency' | 'amount' | 'order_no'>,
): Paying {
  const { id: customer = null, country = null } = payer ?? {};
  return { method, currency, amount, order_no, customer, country };
}

/** Why a payment may not be paid this way, by the rule that says so. */
export interface RuleRefusal {
  readonly code:
    | 'amount_below_limit'
    | 'amount_above_limit'
    | 'limit_per_day_exceeded'
    | 'limit_per_month_exceeded'
    | 'method_denied'
    | 'method_not_released';
  readonly rule: string;
  readonly detail: string;
}

/** Is this rule, or fee, about this payment? */
export function fits({ when }: Partial<Rule>, paying: Paying): boolean {
  if (when === undefined) return true;
  const { methods, currencies, customers, countries, amount_min = 0, amount_max = Infinity } = when;
  return (
    isAmong(methods, paying.method) &&
    isAmong(currencies, paying.currency) &&
    isAmong(customers, paying.customer) &&
    isAmong(countries, paying.country) &&
    paying.amount >= amount_min &&
    paying.amount <= amount_max
  );
}

function isAmong(named: readonly string[] | undefined, value: string | null): boolean {
  return named === undefined || (value !== null && named.includes(value));
}

/** Everything that the rules have against a payment; nothing when it may be paid so. */
export function refusalsBy({ limits, methods }: Rules, paying: Paying): RuleRefusal[] {
  return [
    ...methods.filter((rule) => fits(rule, paying)).flatMap((rule) => denial(rule, paying)),
    ...limits.filter((rule) => fits(rule, paying)).flatMap((rule) => excess(rule, paying)),
  ];
}

function denial({ name, deny, release, percent = 0 }: MethodRule, paying: Paying): RuleRefusal[] {
  const { method } = paying;
  if (release?.includes(method) && placeIn(name, paying) >= percent * 100)
    return [
      {
        code: 'method_not_released',
        rule: name,
        detail: `the rule '${name}' releases ${method} for ${percent} % of the customers; this is none of them`,
      },
    ];
  if (!deny?.includes(method)) return [];
  return [{ code: 'method_denied', rule: name, detail: `the rule '${name}' denies ${method}` }];
}

function excess({ name, min = 0, max = Infinity }: LimitRule, { amount }: Paying): RuleRefusal[] {
  if (amount < min)
    return [{ code: 'amount_below_limit', rule: name, detail: `the rule '${name}' wants ${min} or more, not ${amount}` }];
  if (amount > max)
    return [{ code: 'amount_above_limit', rule: name, detail: `the rule '${name}' allows ${max} at most, not ${amount}` }];
  return [];
} // prettier-ignore
