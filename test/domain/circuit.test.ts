import fc from 'fast-check';

import {
  type Circuit,
  type CircuitTerms,
  circuitTransitions,
  comesAgainIn,
  judged,
  probed,
  type ProbeEnd,
  probing,
  untouched,
} from '../../src/domain/circuit.ts';
import {
  type Bucket,
  bucketMs,
  type CallResult,
  type Counted,
  counted,
  noCalls,
  windowMs,
} from '../../src/domain/health.ts';

const terms: CircuitTerms = {
  calls_min: 20,
  failed_percent: 50,
  refused_max: 5,
  good_min: 3,
  retry_ms: 5_000,
  retry_most_ms: 300_000,
};

/** A bucket of so many calls that ended so. */
function bucket(at: number, ends: Partial<Record<CallResult, number>>, verb: Counted = 'create'): Bucket {
  let tally = noCalls;
  for (const [result, times] of Object.entries(ends))
    for (let nth = 0; nth < times; nth += 1) tally = counted(tally, result as CallResult, 100);
  return { at, counted: verb, tally };
} // prettier-ignore

/** The same numbers for the same seed: mulberry32. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Change {
  readonly second: number;
  readonly state: Circuit['state'];
}

/** What becomes of the circuit of a channel that is asked to begin so many attempts a second. */
function simulate(
  seconds: number,
  perSecond: number,
  endOf: (second: number) => CallResult,
): { changes: Change[]; sent: number } {
  let circuit = untouched;
  let buckets: Bucket[] = [];
  const changes: Change[] = [];
  let sent = 0;
  const move = (second: number, next: Circuit) => {
    if (next.state !== circuit.state) changes.push({ second, state: next.state });
    circuit = next;
  };
  for (let second = 0; second < seconds; second += 1) {
    const now = second * 1_000;
    const at = now - (now % bucketMs);
    for (let nth = 0; nth < perSecond; nth += 1) {
      const isProbe = circuit.state !== 'closed';
      const probe = probing(circuit, now, 15_000);
      if (isProbe && !probe) continue;
      if (probe) move(second, probe);
      const result = endOf(second);
      sent += 1;
      const newest = buckets.find((one) => one.at === at)?.tally ?? noCalls;
      buckets = buckets.filter((one) => one.at > now - windowMs && one.at !== at);
      buckets.push({ at, counted: 'create', tally: counted(newest, result, 100) });
      if (isProbe) move(second, probed(circuit, endAs(result), now, terms));
    }
    move(second, judged(circuit, buckets, now, terms));
  }
  return { changes, sent };
}

function endAs(result: CallResult): ProbeEnd {
  if (result === 'refused') return result;
  return result === 'unknown' || result === 'never_sent' ? 'failed' : 'good';
}

describe('a circuit opens', () => {
  test.each<[string, Partial<Record<CallResult, number>>, boolean]>([
    ['of 19 calls that all failed', { unknown: 19 }, false],
    ['of 20 calls 16 failed', { unknown: 16, answered: 4 }, false],
    ['of 20 calls 17 failed', { unknown: 10, never_sent: 7, answered: 3 }, true],
    ['of 600 calls 336 failed', { unknown: 336, answered: 264 }, false],
    ['of 600 calls 337 failed', { unknown: 337, answered: 263 }, true],
    ['20 were declined', { declined: 20 }, false],
    ['four connections were refused', { refused: 4 }, false],
    ['five connections were refused', { refused: 5 }, true],
    ['five were refused, and one was not', { refused: 5, declined: 1 }, false],
  ])('%s: %j, %s', (_, ends, isOpen) => {
    const { state } = judged(untouched, [bucket(55_000, ends)], 60_000, terms);
    expect(state).toBe(isOpen ? 'open' : 'closed');
  });

  test('for confirmations that fail, whatever the creates do', () => {
    const buckets = [bucket(0, { answered: 500 }), bucket(0, { unknown: 20 }, 'confirm')];
    expect(judged(untouched, buckets, 5_000, terms).state).toBe('open');
  });

  test('for no question that fails, and no callback that comes late', () => {
    const buckets = [bucket(0, { unknown: 50 }, 'query'), bucket(0, { answered: 9 }, 'callback')];
    expect(judged(untouched, buckets, 5_000, terms).state).toBe('closed');
  });

  test('not over what was before it closed', () => {
    const closed = { ...untouched, since: 5_000 };
    expect(judged(closed, [bucket(0, { refused: 50 })], 6_000, terms)).toBe(closed);
    expect(judged(closed, [bucket(5_000, { refused: 5 })], 6_000, terms).state).toBe('open');
  });
});

describe('an open circuit', () => {
  const open = judged(untouched, [bucket(0, { refused: 5 })], 10_000, terms);

  test('lets one probe out after its pause, and the next one when that has ended or its time is over', () => {
    expect(open).toMatchObject({ state: 'open', since: 10_000, next_probe_at: 13_000 });
    expect(probing(open, 12_999, 7_000)).toBeNull();
    const half = probing(open, 15_000, 7_000)!;
    expect(half).toMatchObject({ state: 'half_open', since: 15_000 });
    expect(probing(half, 21_999, 7_000)).toBeNull();
    expect(probing(half, 22_000, 7_000)).not.toBeNull();
    expect(probing(probed(half, 'untold', 15_100, terms), 15_100, 7_000)).not.toBeNull();
  });

  test('opens for the first pause alone after an outage of refused connections, whatever it was before', () => {
    const closed = { ...untouched, since: 5_000, doubled: 7 };
    const refused = judged(closed, [bucket(5_000, { refused: 5 })], 10_000, terms);
    const mixed = judged(closed, [bucket(5_000, { refused: 25, answered: 1 })], 10_000, terms);
    for (const circuit of [refused, mixed])
      expect(circuit).toMatchObject({ state: 'open', doubled: 0, next_probe_at: 13_000 });
  });

  test('closes after three good probes', () => {
    let circuit = open;
    for (const nth of [1, 2, 3]) {
      expect(circuit.state).not.toBe('closed');
      circuit = probed(probing(circuit, 20_000, 7_000)!, 'good', 20_000, terms);
      expect(circuit.good).toBe(nth);
    }
    expect(circuit).toMatchObject({ state: 'closed', next_probe_at: null });
  });

  test('is probed every 5 s where connections are refused, and ever more seldom where calls are lost', () => {
    const pauses = (end: ProbeEnd) => {
      let circuit = open;
      return Array.from({ length: 8 }, () => {
        const at = circuit.next_probe_at!;
        circuit = probed(probing(circuit, at, 7_000)!, end, at, terms);
        return (circuit.next_probe_at! - at) / 1_000;
      });
    };
    expect(new Set(pauses('refused'))).toEqual(new Set([5]));
    expect(pauses('failed')).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });
});

describe('over an hour', () => {
  test.each([1, 10])('a channel that fails 30 %% of %d calls a second does not flap', (perSecond) => {
    const chance = chanceOf(perSecond);
    const { changes } = simulate(3_600, perSecond, () => (chance() < 0.3 ? 'unknown' : 'answered'));
    expect(changes.length).toBeLessThanOrEqual(2);
  }); // prettier-ignore

  test('one that fails 70 % opens, and each time for longer', () => {
    const chance = chanceOf(7);
    const { changes, sent } = simulate(3_600, 10, () => (chance() < 0.7 ? 'unknown' : 'answered'));
    expect(changes.filter(({ state }) => state === 'closed').length).toBeLessThanOrEqual(5);
    expect(sent).toBeLessThan(36_000 / 10);
  });

  test.each<CallResult>(['refused', 'unknown'])('one whose calls are all %s opens within seconds, and closes soon after it is well', (end) => {
    const isIll = (second: number) => second >= 100 && second < 130;
    const { changes } = simulate(300, 10, (second) => (isIll(second) ? end : 'answered'));
    const [opening, ...others] = changes;
    expect(opening).toMatchObject({ state: 'open' });
    expect(opening!.second - 100).toBeLessThanOrEqual(6); // a whole bucket of 5 s tells it
    expect(others.at(-1)).toMatchObject({ state: 'closed' });
    expect(others.at(-1)!.second - 130).toBeLessThanOrEqual(end === 'refused' ? 6 : 40);
  }); // prettier-ignore
});

test('whatever happens, states follow each other as the table says', () => {
  const ends = fc.constantFrom<ProbeEnd>('good', 'failed', 'refused', 'untold');
  const step = fc.record({
    pause_ms: fc.integer({ min: 0, max: 400_000 }),
    act: fc.constantFrom('judge', 'probe', 'end'),
    end: ends,
    failed: fc.integer({ min: 0, max: 40 }),
    refused: fc.integer({ min: 0, max: 8 }),
  });
  const run = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    let circuit = untouched;
    let now = 0;
    for (const { pause_ms, act, end, failed, refused } of steps) {
      now += pause_ms;
      const seen = [bucket(now - (now % bucketMs), { unknown: failed, refused })];
      const next = {
        judge: () => judged(circuit, seen, now, terms),
        probe: () => probing(circuit, now, 15_000) ?? circuit,
        end: () => probed(circuit, end, now, terms),
      }[act]();
      const legal: readonly string[] = circuitTransitions[circuit.state];
      expect([circuit.state, ...legal]).toContain(next.state);
      expect(next.next_probe_at === null).toBe(next.state === 'closed');
      circuit = next;
    }
  });
  fc.assert(run);
});

describe('what was held back', () => {
  const probeMs = 100;
  type Pace = typeof comesAgainIn;

  /** So many payments come to a circuit that is open, at moments by chance, and come again: when the last has left, in ms after the channel was back, and how often they came before. */
  function waited(payments: number, seed: number, pace: Pace): { readonly last: number; readonly came: number } {
    const chance = chanceOf(seed);
    const backAt = 60_000 + chance() * 10_000;
    const waiting = Array.from({ length: payments }, () => chance() * terms.retry_ms);
    let circuit: Circuit = { ...untouched, state: 'open', next_probe_at: terms.retry_ms };
    let probe: { readonly nth: number; readonly ends: number } | null = null;
    const left: number[] = [];
    let came = 0;
    while (left.length < payments) {
      const nth = waiting.indexOf(Math.min(...waiting));
      const now = waiting[nth]!;
      if (probe && probe.ends <= now) {
        const isGood = probe.ends > backAt;
        circuit = probed(circuit, isGood ? 'good' : 'refused', probe.ends, terms);
        if (isGood) left.push(probe.ends);
        waiting[probe.nth] = isGood ? Infinity : probe.ends + terms.retry_ms;
        probe = null;
        continue;
      }
      if (now < backAt) came += 1;
      const leased = circuit.state === 'closed' ? null : probing(circuit, now, 15_000);
      if (leased) {
        circuit = leased;
        probe = { nth, ends: now + probeMs };
        waiting[nth] = probe.ends;
      } else if (circuit.state === 'closed') {
        left.push(now);
        waiting[nth] = Infinity;
      } else waiting[nth] = now + Math.min(terms.retry_ms, pace(circuit, now, chance()) ?? terms.retry_ms);
    }
    return { last: Math.max(...left) - backAt, came };
  } // prettier-ignore

  const alone: Pace = () => null; // each at its own pace
  const runs = (payments: number, pace: Pace) =>
    Array.from({ length: 100 }, (_, seed) => waited(payments, seed, pace));

  test.each([2, 5, 50])('leaves within one pause and little more, not two or three: %i payments', (payments) => {
    const [before, after] = [runs(payments, alone), runs(payments, comesAgainIn)];
    const sum = (all: typeof after) => all.reduce((total, { came }) => total + came, 0);
    expect(Math.max(...before.map(({ last }) => last))).toBeGreaterThan(1.9 * terms.retry_ms);
    expect(Math.max(...after.map(({ last }) => last))).toBeLessThan(1.5 * terms.retry_ms);
    expect(sum(after)).toBeLessThan(1.5 * sum(before)); // and does not hammer a channel that is down
  }); // prettier-ignore
});
