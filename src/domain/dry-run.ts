import { measures } from './limit-count.ts';
import { type Minor, type Money, sum, toMinor, zero } from './money.ts';
import type { Compared } from './ranking.ts';
import { choose, type VersionedRules } from './routing.ts';
import { type Paying, refusalsBy, type Rules } from './rule.ts';

/** A payment of the past, and the accounts that serve it now. */
export interface PastPayment {
  readonly payment_id: string;
  readonly paying: Paying;
  readonly serving: readonly Compared[];
}

/** How much by the rules in force, and how much by those that are tried. */
interface Change {
  readonly before: Minor;
  readonly after: Minor;
}
type Side = keyof Change;
type Changes = Record<string, Change>;

/** What would be otherwise. */
export interface Comparison {
  readonly payments: number;
  /** Of them, those that would go elsewhere, or be refused or not. */
  readonly moved: number;
  /** Payments per channel account. */
  readonly accounts: Readonly<Changes>;
  /** Payments per code of refusal. */
  readonly refused: Readonly<Changes>;
  /** Minor units per currency, of payments whose fee is known. */
  readonly expected_fees: Readonly<Changes>;
  readonly examples: readonly Example[];
}

/** A payment that would be moved. */
interface Example {
  readonly payment_id: string;
  /** A channel account, or the code of a refusal. */
  readonly before: string;
  readonly after: string;
  /** Why it would go there, or be refused. */
  readonly reason: string;
}

/** So many examples are shown. */
const examplesMost = 50;

/**
 * Evaluates two sets of rules over the same payment. How well the accounts are now is not asked, nor what limits over time have
 * counted: see `notEvaluated`.
 *
 * @param before the rules in force; null where there are none
 * @param after the rules that are tried
 */
export function rulingsOn(
  before: VersionedRules | null,
  after: VersionedRules,
  past: PastPayment,
): Rulings {
  const { payment_id } = past;
  return { payment_id, before: rulingOf(before, past), after: rulingOf(after, past) };
}

/** What would be otherwise with payments of which both have ruled. */
export function compared(rulings: readonly Rulings[]): Comparison {
  const moved = rulings.filter((one) => one.before.goes !== one.after.goes);
  return {
    payments: rulings.length,
    moved: moved.length,
    ...changesOf(rulings),
    examples: moved.slice(0, examplesMost).map(exampleOf),
  };
}

/** The rules whose judgement hangs on more than the payment: limits over time, and routes by a figure of the last minute. */
export function notEvaluated({ limits, routes }: Pick<Rules, 'limits' | 'routes'>): string[] {
  const overTime = limits.filter((limit) => measures.some((one) => limit[one] !== undefined));
  const ofTheMinute = routes.filter(({ by }) => by === 'success_rate' || by === 'score');
  return [...overTime, ...ofTheMinute].map(({ name }) => name);
}

/** What rules do with a payment: the account's id or the code of the refusal, and why. */
interface Ruling {
  readonly goes: string;
  readonly is_refused: boolean;
  readonly reason: string;
  readonly fee: Money | null;
}

/** Of both sets of rules, on one payment. */
export type Rulings = Readonly<Record<Side, Ruling>> & { readonly payment_id: string };

function rulingOf(rules: VersionedRules | null, { paying, serving }: PastPayment): Ruling {
  const [refusal] = rules ? refusalsBy(rules, paying) : [];
  if (refusal) return refusedAs(refusal.code, refusal.detail);
  const routed = choose(rules, paying, serving);
  if (!routed) return refusedAs('method_not_supported', 'no channel account serves it now');
  const { chosen, routing: { reason, expected_fee: fee = null } } = routed;
  return { goes: chosen.account.id, is_refused: false, reason, fee };
} // prettier-ignore

function refusedAs(code: string, reason: string): Ruling {
  return { goes: code, is_refused: true, reason, fee: null };
}

function changesOf(all: readonly Rulings[]): Record<'accounts' | 'refused' | 'expected_fees', Changes> {
  const [accounts, refused, expected_fees]: [Changes, Changes, Changes] = [{}, {}, {}];
  for (const rulings of all)
    for (const side of ['before', 'after'] as const) {
      const { goes, is_refused, fee } = rulings[side];
      add(is_refused ? refused : accounts, goes, side, onePayment);
      if (fee) add(expected_fees, fee.currency, side, fee.amount);
    }
  return { accounts, refused, expected_fees };
} // prettier-ignore

const onePayment = toMinor(1);

function add(changes: Changes, name: string, side: Side, amount: Minor): void {
  const change = changes[name] ?? { before: zero, after: zero };
  changes[name] = { ...change, [side]: sum([change[side], amount]) };
}

function exampleOf({ payment_id, before, after }: Rulings): Example {
  return { payment_id, before: before.goes, after: after.goes, reason: after.reason };
}
