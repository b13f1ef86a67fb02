import { toCurrency } from './currency.ts';
import { expectedFee, type Fee } from './fee.ts';
import type { Figures } from './health.ts';
import { format, toMinor } from './money.ts';
import type { Paying } from './rule.ts';
import { scoreOf } from './score.ts';

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
  readonly best: string;
  readonly lead: string;
  readonly inWords: (value: number, paying: Paying) => string;
}

/** A success rate of fewer calls is chance: one decline of 20 is five points. */
const callsLeast = 20;

const measures: Readonly<Record<Yardstick, Measure>> = {
  cost: {
    valueOf: (one, paying) => negative(expectedFee(one.account.fees ?? null, paying)),
    margin: 1,
    unknown: -Infinity, // who says what he takes goes before who does not
    best: 'the cheapest',
    lead: 'a minor unit',
    inWords: (value, { currency }) =>
      format({ amount: toMinor(-value), currency: toCurrency(currency) }),
  },
  success_rate: {
    valueOf: ({ figures }) => rateOf(figures ?? null),
    margin: 5,
    unknown: Infinity, // an account that nobody uses would never have a figure
    best: 'the best success rate',
    lead: '5 points',
    inWords: (value) => `${value.toFixed(1)} %`,
  },
  score: {
    valueOf: (one, paying) => (one.figures ? scoreOf(one.figures, costInBp(one, paying)).total : null),
    margin: 5,
    unknown: Infinity,
    best: 'the best score',
    lead: '5 points',
    inWords: (value) => value.toFixed(1),
  },
}; // prettier-ignore

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

/** In percent. */
function rateOf(figures: Figures | null): number | null {
  if (!figures || figures.success_rate === null) return null;
  return figures.answered + figures.declined < callsLeast ? null : figures.success_rate * 100;
}

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
 * margin: a figure that only wavers moves no payment.
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
  const ordered = [chosen, ...sorted.filter((other) => other !== chosen)];
  const why = chosen === top && top.value !== null ? measure.best : `its first, which nobody is ahead of by ${measure.lead}`;
  return {
    ordered: ordered.map(({ one }) => one),
    reason: `${why}: ${told(measure, ordered, paying)}`,
  };
} // prettier-ignore

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
