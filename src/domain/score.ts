import type { Figures } from './health.ts';

/**
 * What each part counts, of 100. What a payer sees at once counts most; costs are known beforehand and are seldom further
 * apart than two points of a hundred.
 */
const weights = {
  success_rate: 40,
  unknown_rate: 25,
  latency: 10,
  cost: 20,
  callback_lag: 5,
} as const;

export type ScorePart = keyof typeof weights;

/** One part: the figure, how good it is from 0 (bad) to 1, and what it adds at most. */
export interface PartOfScore {
  /** Null: nothing is known. Then it is taken for good, or an account that was never used would never be. */
  readonly figure: number | null;
  readonly value: number;
  readonly weight: number;
}

/** How good a channel account is, from 0 to 100, and what of. */
export interface Score {
  readonly total: number;
  readonly parts: Readonly<Record<ScorePart, PartOfScore>>;
}

/** Figures at which a part is worth nothing; at 0 it is worth all. */
const worthless = { latency_ms: 5_000, lag_ms: 60_000, unknown_rate: 0.5, cost_bp: 500 } as const;

/**
 * The score of an account: slow, unsure and dear ones fall behind.
 *
 * @param cost_bp what a payment costs there, in hundredths of a percent of its amount; null: not known
 */
export function scoreOf(figures: Figures, cost_bp: number | null): Score {
  const { success_rate, unknown_rate, latency_p50_ms, callback_lag_ms } = figures;
  const parts = {
    success_rate: part('success_rate', success_rate, (rate) => rate),
    unknown_rate: part('unknown_rate', unknown_rate, falling(worthless.unknown_rate)),
    latency: part('latency', latency_p50_ms, falling(worthless.latency_ms)),
    cost: part('cost', cost_bp, falling(worthless.cost_bp)),
    callback_lag: part('callback_lag', callback_lag_ms, falling(worthless.lag_ms)),
  };
  const total = Object.values(parts).reduce((sum, { value, weight }) => sum + value * weight, 0);
  return { total: rounded(total), parts };
}

function part(name: ScorePart, figure: number | null, worth: (figure: number) => number): PartOfScore {
  const value = figure === null ? 1 : Math.min(1, Math.max(0, worth(figure)));
  return { figure, value: rounded(value), weight: weights[name] };
} // prettier-ignore

function falling(worthlessAt: number): (figure: number) => number {
  return (figure) => 1 - figure / worthlessAt;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
