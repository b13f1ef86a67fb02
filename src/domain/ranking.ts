import { toCurrency } from './currency.ts';
import { expectedFee, type Fee } from './fee.ts';
import type { Figures } from './health.ts';
import { format, toMinor } from './money.ts';
import type { Paying } from './rule.ts';
import { scoreOf } from './score.ts';
import { placeOf } from './share.ts';

/** The figures by which a rule may take one account before another. */
export const yardsticks = ['cost', 'success_rate', 'score'] as const;
export type Yardstick = (typeof yardsticks)[number];

/** An account as far as it is compared. */
export interface Compared {
  readonly account: { readonly id: string; readonly fees?: readonly Fee[] | null };
  /** What its last minute was like; null, or left out: nothing is known. */
  readonly figures?: Figures | null;
}

interface Measure {
  /** Higher is better; null: not known. */
  readonly valueOf: (one: Compared, paying: Paying) => number | null;
  /** By so much another must be ahead of the first of the list, or payments would go to and fro with chance. */
  readonly margin: number;
  /** What the first counts as whose figure is not known. */
  readonly unknown: number;
  /** Only payments tell it, so some are sent where it is not known. */
  readonly isLearned: boolean;
  readonly best: string;
  readonly lead: string;
  readonly inWords: (value: number, paying: Paying) => string;
}

/** A rate of fewer beginnings is chance: one decline of 20 is five points. */
const begunLeast = 20;

/** Of 100 payments so many learn how other accounts do: at 600 a minute one has its 20 beginnings in 98 windows of 100. */
const trialPercent = 5;

const measures: Readonly<Record<Yardstick, Measure>> = {
  cost: {
    valueOf: (one, paying) => negative(expectedFee(one.account.fees ?? null, paying)),
    margin: 1,
    unknown: -Infinity, // who says what he takes goes before who does not
    isLearned: false,
    best: 'the cheapest',
    lead: 'a minor unit',
    inWords: (value, { currency }) =>
      format({ amount: toMinor(-value), currency: toCurrency(currency) }),
  },
  success_rate: {
    valueOf: ({ figures }) => (isKnown(figures) ? figures.success_rate * 100 : null),
    margin: 5,
    unknown: Infinity, // a merchant of 19 payments a minute would leave his first for good
    isLearned: true,
    best: 'the best success rate',
    lead: '5 points',
    inWords: (value) => `${value.toFixed(1)} %`,
  },
  score: {
    valueOf: (one, paying) => (isKnown(one.figures) ? scoreOf(one.figures, costInBp(one, paying)).total : null),
    margin: 5,
    unknown: Infinity,
    isLearned: true,
    best: 'the best score',
    lead: '5 points',
    inWords: (value) => value.toFixed(1),
  },
}; // prettier-ignore

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

/** A code that is polled for has many answers and one beginning: only beginnings can be declined. */
function isKnown(figures: Figures | null | undefined): figures is Figures & { success_rate: number } {
  return !!figures && figures.success_rate !== null && figures.begun >= begunLeast;
} // prettier-ignore

/** What it costs there, in hundredths of a percent of the amount. */
function costInBp({ account }: Compared, paying: Paying): number | null {
  const fee = expectedFee(account.fees ?? null, paying);
  return fee === null ? null : (fee * 10_000) / paying.amount;
}

/** Accounts, the chosen one first, and what was compared. */
export interface Ranked<Candidate> {
  readonly ordered: readonly Candidate[];
  readonly reason: string;
}

interface Measured<Candidate> {
  readonly one: Candidate;
  readonly value: number | null;
}

/**
 * Orders accounts by a figure of theirs. The first of the list stays first unless another one is ahead of it by the figure's
 * margin: a figure that only wavers moves no payment. A figure that only payments tell is learned by a few of them.
 *
 * @param listed in the rule's order
 */
export function rank<Candidate extends Compared>(
  by: Yardstick,
  listed: readonly Candidate[],
  paying: Paying,
): Ranked<Candidate> {
  const measure = measures[by];
  const sorted = listed
    .map((one) => ({ one, value: measure.valueOf(one, paying) }))
    .toSorted((a, b) => worth(b) - worth(a)); // stable: of two that are alike the list's order
  const first = sorted.find(({ one }) => one === listed[0]);
  const [top] = sorted;
  if (!first || !top) return { ordered: [], reason: 'nobody' };
  const isAhead = worth(top) >= (first.value ?? measure.unknown) + measure.margin;
  const chosen = isAhead ? top : first;
  const usual = [chosen, ...sorted.filter((other) => other !== chosen)];
  const tried = measure.isLearned ? onTrial(usual, first, paying) : null;
  const ordered = tried ? [tried, ...usual.filter((other) => other !== tried)] : usual;
  const best = chosen === top && top.value !== null ? measure.best : `its first, which nobody is ahead of by ${measure.lead}`;
  const why = tried ? `one to learn of it, as with ${trialPercent} % of its payments` : best;
  return {
    ordered: ordered.map(({ one }) => one),
    reason: `${why}: ${told(measure, ordered, paying)}`,
  };
} // prettier-ignore

/**
 * The account that this payment is to learn of, by its order: one whose figure is not known, or the first of the list while
 * another is taken. Were that one forgotten, which takes a minute, all payments would go back to it.
 */
function onTrial<Candidate>(
  [, ...others]: readonly Measured<Candidate>[],
  first: Measured<Candidate>,
  { order_no }: Paying,
): Measured<Candidate> | null {
  const wanted = others.filter((other) => other.value === null || other === first);
  const place = placeOf(`trial ${order_no}`);
  return place < trialPercent * 100 ? (wanted[place % wanted.length] ?? null) : null;
}

function worth({ value }: Measured<unknown>): number {
  return value ?? -Number.MAX_VALUE;
}

/** The figures of so many are told; a rule may have twenty accounts. */
const toldMost = 3;

function told(measure: Measure, ordered: readonly Measured<Compared>[], paying: Paying): string {
  const figures = ordered.slice(0, toldMost).map(({ one, value }) => {
    return `${value === null ? 'not known' : measure.inWords(value, paying)} at ${one.account.id}`;
  });
  const more = ordered.length - figures.length;
  return [...figures, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
