import { holdsOrder, liveAttempt, mainAttempt, type Payment } from './payment.ts';
import { fits, type LimitRule, type Paying, type RuleRefusal, type Rules } from './rule.ts';

/** What a limit counts, and in which window: money or payments, in a day or a month. */
export const measures = ['max_per_day', 'max_per_month', 'count_per_day', 'count_per_month'] as const; // prettier-ignore
export type Measure = (typeof measures)[number];

/** One limit over time that a payment is counted for. */
export interface LimitCount {
  readonly rule: string;
  readonly measure: Measure;
  /** Whom or what it counts: the customer, the method, or nobody apart; of money with the currency. */
  readonly subject: string;
  /** In which the day or the month begins (IANA). */
  readonly zone: string;
  /** What the payment adds: minor units, or itself. */
  readonly added: number;
  /** At most so much in one window. */
  readonly most: number;
}

/** Where a count stood when a payment would have gone beyond it. */
export interface Standing {
  /** What others have in the window. */
  readonly used: number;
  /** When the next window begins. */
  readonly resets_at: Date;
}

/** Every limit over time that this payment is counted for. Whoever names no customer is counted for none. */
export function countsOf({ limits }: Rules, paying: Paying): LimitCount[] {
  return limits.filter((rule) => fits(rule, paying)).flatMap((rule) => countsBy(rule, paying));
}

function countsBy(limit: LimitRule, paying: Paying): LimitCount[] {
  const whom = subjectOf(limit, paying);
  if (whom === null) return [];
  const { name: rule, zone = 'UTC' } = limit;
  return measures.flatMap((measure) => {
    const most = limit[measure];
    if (most === undefined) return [];
    const isMoney = isOfMoney(measure);
    const subject = [...whom, ...(isMoney ? [paying.currency] : [])].join(' ');
    return [{ rule, measure, subject, zone, added: isMoney ? paying.amount : 1, most }];
  });
}

function subjectOf({ per = 'app' }: LimitRule, { customer, method }: Paying): string[] | null {
  switch (per) {
    case 'customer':
      return customer === null ? null : [customer];
    case 'method':
      return [method];
    case 'app':
      return [];
  }
}

/** What a payment is counted for: nothing once it has ended without money, and then again what its money came by. */
export interface Tried {
  readonly stage: 'open' | 'paid' | 'ended';
  readonly methods: readonly string[];
}

/** With what a payment was paid; until then with what it may still be paid, or else was tried last. */
export function triedWith(payment: Payment): Tried {
  if (!holdsOrder(payment)) return { stage: 'ended', methods: [] };
  const main = mainAttempt(payment);
  const isPaid = payment.paid_by !== null;
  const tries = isPaid ? [main] : [liveAttempt(payment), main, payment.next];
  const methods = new Set(tries.flatMap((one) => one?.method ?? []));
  return { stage: isPaid ? 'paid' : 'open', methods: [...methods] };
}

/** Does it count minor units of one currency? Else payments, of all currencies. */
export function isOfMoney(measure: Measure): boolean {
  return measure.startsWith('max');
}

/** Why a payment is one too many, with what is left and until when. */
export function overrun(count: LimitCount, { used, resets_at }: Standing): RuleRefusal {
  const { rule, measure, most, added } = count;
  const isOfDay = measure.endsWith('day');
  const what = isOfMoney(measure) ? '' : ' payments';
  const left = Math.max(0, most - used);
  const window = isOfDay ? 'day' : 'month';
  return {
    code: isOfDay ? 'limit_per_day_exceeded' : 'limit_per_month_exceeded',
    rule,
    detail: `the rule '${rule}' allows ${most}${what} a ${window}: ${left} are left until ${resets_at.toISOString()}, not ${added}`,
  };
}
