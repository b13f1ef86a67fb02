import type { Instant, Verb } from './operation.ts';
import type { Answer } from './outcome.ts';

/**
 * How a call to a channel ended, as far as the channel's health goes. `refused`: no connection came about. `never_sent`: one
 * did, and the channel did nothing, being asked too often.
 */
export const callResults = ['answered', 'declined', 'unknown', 'refused', 'never_sent'] as const;
export type CallResult = (typeof callResults)[number];

/** What is counted: the calls of a verb, and the callbacks that a channel makes, whose time is their lag. */
export type Counted = Verb | 'callback';

/** Upper bounds of the steps of a time, in milliseconds, each twice the one before; the last step has none. */
export const timeSteps = [25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800] as const;

/** What is said of a time in that step. */
const beyondSteps = 25_600;

/** Calls by their end, and by the time they took: how many fell into each step, and all of it. */
export interface Tally extends Readonly<Record<CallResult, number>> {
  readonly times: readonly number[];
  readonly time_ms: number;
}

export const noCalls: Tally = {
  ...{ answered: 0, declined: 0, unknown: 0, refused: 0, never_sent: 0 },
  times: [...timeSteps.map(() => 0), 0],
  time_ms: 0,
};

/** What of one account was counted in the 5 s from `at` on. */
export interface Bucket {
  readonly at: Instant;
  readonly counted: Counted;
  readonly tally: Tally;
}

export const bucketMs = 5_000;
/** What is looked at: the last 12 buckets. Shorter, and a quiet account never has enough calls to judge it by. */
export const windowMs = 60_000;

/** One more call in a tally. @param time_ms what it took; of a callback its lag */
export function counted(tally: Tally, result: CallResult, time_ms: number): Tally {
  const step = timeSteps.findIndex((bound) => time_ms <= bound);
  const at = step < 0 ? timeSteps.length : step;
  return {
    ...tally,
    [result]: tally[result] + 1,
    times: tally.times.map((count, nth) => (nth === at ? count + 1 : count)),
    time_ms: tally.time_ms + Math.round(time_ms),
  };
}

/** All that was counted in these. */
export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, one) => {
    const results = callResults.map((result) => [result, sum[result] + one[result]] as const);
    return {
      ...(Object.fromEntries(results) as Record<CallResult, number>),
      times: sum.times.map((count, nth) => count + (one.times[nth] ?? 0)),
      time_ms: sum.time_ms + one.time_ms,
    };
  }, noCalls);
}

/** How a call ended. @param isRefused no connection came about; a plain `never_sent` does not say so */
export function resultOf({ kind }: Pick<Answer, 'kind'>, isRefused: boolean): CallResult {
  if (kind === 'declined' || kind === 'unknown') return kind;
  if (kind !== 'never_sent') return 'answered';
  return isRefused ? 'refused' : 'never_sent';
}

export function callsOf(tally: Tally): number {
  return callResults.reduce((sum, result) => sum + tally[result], 0);
}

/** Calls that told nothing: a decline is a good answer of a channel that is well. */
export function failedOf({ unknown, refused, never_sent }: Tally): number {
  return unknown + refused + never_sent;
}

/** What the window says of an account. Rates are shares from 0 to 1, times milliseconds; null: nothing to tell by. */
export interface Figures {
  readonly calls: number;
  readonly answered: number;
  readonly declined: number;
  /** Of both, creates and confirmations: what `success_rate` is a share of. */
  readonly begun: number;
  readonly unknown: number;
  /** With those that found no connection. */
  readonly never_sent: number;
  /** Of creates and confirmations that had an answer: those that were no decline. */
  readonly success_rate: number | null;
  /** Of all calls: those that told nothing. */
  readonly unknown_rate: number | null;
  /** Upper bounds of the steps that half of the calls and 99 % of them lie below. */
  readonly latency_p50_ms: number | null;
  readonly latency_p99_ms: number | null;
  /** From the channel's time of a payment to our acceptance of its callback, of half of them. */
  readonly callback_lag_ms: number | null;
}

/** The figures of an account. @param buckets those of its window */
export function figuresOf(buckets: readonly Bucket[]): Figures {
  const of = (is: (one: Counted) => boolean) =>
    sumOf(buckets.filter((bucket) => is(bucket.counted)).map(({ tally }) => tally));
  const all = of((one) => one !== 'callback');
  const first = of((one) => beginnings.includes(one));
  const begun = first.answered + first.declined;
  const { answered, declined, unknown } = all;
  return {
    ...{ calls: callsOf(all), answered, declined, begun, unknown },
    never_sent: all.never_sent + all.refused,
    success_rate: share(first.answered, begun),
    unknown_rate: share(failedOf(all), callsOf(all)),
    latency_p50_ms: percentile(all.times, 50),
    latency_p99_ms: percentile(all.times, 99),
    callback_lag_ms: percentile(of((one) => one === 'callback').times, 50),
  };
}

/** The calls that a new attempt begins with: a circuit judges by them. */
export const beginnings: readonly Counted[] = ['create', 'confirm'];

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The bound of the step in which this percentage of the times is reached; of the last step twice the bound before it. */
function percentile(times: readonly number[], percent: number): number | null {
  const all = times.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  let left = (all * percent) / 100;
  const step = times.findIndex((count) => (left -= count) <= 0);
  return timeSteps[step] ?? beyondSteps;
}
