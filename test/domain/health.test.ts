import fc from 'fast-check';

import {
  type Bucket,
  callResults,
  callsOf,
  type Counted,
  counted,
  figuresOf,
  noCalls,
  resultOf,
  sumOf,
} from '../../src/domain/health.ts';
import { scoreOf } from '../../src/domain/score.ts';

const of = (verb: Counted, ...tallies: Bucket['tally'][]): Bucket => ({
  ...{ at: 0, counted: verb },
  tally: sumOf(tallies),
});

describe('the figures of an account', () => {
  test('are unknown before its first call', () => {
    expect(figuresOf([])).toEqual({
      ...{ calls: 0, answered: 0, declined: 0, begun: 0, unknown: 0, never_sent: 0 },
      ...{ success_rate: null, unknown_rate: null },
      ...{ latency_p50_ms: null, latency_p99_ms: null, callback_lag_ms: null },
    });
  });

  test('tell declines from failures, and callbacks from calls', () => {
    const buckets = [
      of('create', counted(noCalls, 'answered', 90), counted(noCalls, 'declined', 110)),
      of('query', counted(noCalls, 'answered', 20), counted(noCalls, 'unknown', 10_000)),
      of('refund', counted(noCalls, 'refused', 3)),
      of('callback', counted(noCalls, 'answered', 700)),
    ];
    expect(figuresOf(buckets)).toEqual({
      ...{ calls: 5, answered: 2, declined: 1, begun: 2, unknown: 1, never_sent: 1 },
      ...{ success_rate: 0.5, unknown_rate: 0.4 },
      ...{ latency_p50_ms: 100, latency_p99_ms: 12_800, callback_lag_ms: 800 },
    });
  });

  test('lose no call, in whatever order they are added', () => {
    const call = fc.tuple(fc.constantFrom(...callResults), fc.integer({ min: 0, max: 60_000 }));
    const run = fc.property(fc.array(call), fc.nat(), (calls, at) => {
      const tallies = calls.map(([result, ms]) => counted(noCalls, result, ms));
      const cut = calls.length === 0 ? 0 : at % calls.length;
      const one = sumOf(tallies);
      const two = sumOf([sumOf(tallies.slice(cut)), sumOf(tallies.slice(0, cut))]);
      expect(two).toEqual(one);
      expect(callsOf(one)).toBe(calls.length);
      expect(one.times.reduce((sum, count) => sum + count, 0)).toBe(calls.length);
    });
    fc.assert(run);
  });
});

test.each([
  ['approved', false, 'answered'],
  ['open', false, 'answered'],
  ['not_found', false, 'answered'],
  ['declined', false, 'declined'],
  ['unknown', false, 'unknown'],
  ['never_sent', true, 'refused'],
  ['never_sent', false, 'never_sent'],
] as const)('a call that ended as %s (refused: %s) counts as %s', (kind, isRefused, result) => {
  expect(resultOf({ kind }, isRefused)).toBe(result);
});

describe('the score of an account', () => {
  const figures = { ...figuresOf([]), success_rate: 0.9, unknown_rate: 0, latency_p50_ms: 200 };

  test('shows each part with its weight, of 100 in all', () => {
    const { total, parts } = scoreOf(figures, 150);
    expect(parts).toEqual({
      success_rate: { figure: 0.9, value: 0.9, weight: 40 },
      unknown_rate: { figure: 0, value: 1, weight: 25 },
      latency: { figure: 200, value: 0.96, weight: 10 },
      cost: { figure: 150, value: 0.7, weight: 20 },
      callback_lag: { figure: null, value: 1, weight: 5 },
    });
    expect(total).toBeCloseTo(89.6);
  });

  test('is full where nothing is known', () => {
    expect(scoreOf(figuresOf([]), null).total).toBe(100);
  });

  test.each([
    ['slow', { latency_p50_ms: 6_400 }, 150],
    ['unsure', { unknown_rate: 0.2 }, 150],
    ['refusing', { success_rate: 0.6 }, 150],
    ['dear', {}, 350],
    ['late to call back', { callback_lag_ms: 25_600 }, 150],
  ])('is lower of one that is %s', (_, worse, cost) => {
    const other = scoreOf({ ...figures, ...worse }, cost).total;
    expect(other).toBeLessThan(scoreOf(figures, 150).total);
    expect(other).toBeGreaterThanOrEqual(0);
  });
});
