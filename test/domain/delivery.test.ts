import { readConfig } from '../../src/config.ts';
import { nextTryInMs } from '../../src/domain/delivery.ts';
import { isEventPattern, isWanted } from '../../src/domain/event.ts';

const { webhookSchedule } = readConfig({ DATABASE_URL: 'postgres://a@b/c' });
const hour = 3_600_000;

/** The pauses between all tries of one round at a receiver that never answers. */
function ladder(chance: number): number[] {
  const pauses: number[] = [];
  for (let age_ms = 0; ;) {
    const next = nextTryInMs(webhookSchedule, { tries: pauses.length + 1, age_ms, retry_after_ms: null }, chance); // prettier-ignore
    if (next === null) return pauses;
    pauses.push(next);
    age_ms += next;
  }
}

test('the ladder is that of the contract, then daily, up to 30 days', () => {
  const pauses = ladder(0);
  const first = [5_000, 300_000, hour / 2, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour];
  expect(pauses.slice(0, 8)).toEqual(first);
  expect(new Set(pauses.slice(8))).toEqual(new Set([24 * hour]));
  const days = pauses.reduce((sum, pause) => sum + pause, 0) / (24 * hour);
  expect(days).toBeGreaterThan(29);
  expect(days).toBeLessThanOrEqual(30);
});

test('jitter never hurries and delays by at most 20 %', () => {
  const late = ladder(1);
  expect(late.slice(0, 2)).toEqual([6_000, 360_000]);
  expect(nextTryInMs([10], { tries: 1, age_ms: 0, retry_after_ms: null }, 0.5)).toBe(11_000);
});

test.each([
  ['longer than the ladder', 60_000, 60_000],
  ['shorter than the ladder', 1_000, 5_000],
  ['absurd', 1e12, 24 * hour],
])('a Retry-After that is %s', (_, retry_after_ms, pause) => {
  expect(nextTryInMs(webhookSchedule, { tries: 1, age_ms: 0, retry_after_ms }, 0)).toBe(pause);
});

test('the last entry of WEBHOOK_SCHEDULE repeats', () => {
  const at = (tries: number) => nextTryInMs([1, 2], { tries, age_ms: 0, retry_after_ms: null }, 0);
  expect([1, 2, 3, 99].map(at)).toEqual([1_000, 2_000, 2_000, 2_000]);
});

test.each(['*', 'payment.*', 'payment.late_receipt', 'refund.needs_attention', 'case.opened', 'dispute.*', 'payout.paid'])(
  'an endpoint may ask for %s',
  (pattern) => {
    expect(isEventPattern(pattern)).toBe(true);
  },
); // prettier-ignore

test.each(['', '**', 'payment', 'payment.', '.*', 'payment.suceeded', 'Payment.*', 'payment.succeeded.x', '*.succeeded', 'order.*', 'constructor.*', 'dispute.A'])(
  'an endpoint cannot ask for %s',
  (pattern) => {
    expect(isEventPattern(pattern)).toBe(false);
  },
); // prettier-ignore

test.each([
  [['*'], true],
  [['payment.*'], true],
  [['refund.*', 'payment.succeeded'], true],
  [['payment.failed', 'refund.*'], false],
  [['pay.*'], false],
  [[], false],
])('patterns %j and payment.succeeded: %s', (patterns, wanted) => {
  expect(isWanted('payment.succeeded', patterns)).toBe(wanted);
});

test.each(['localhost', 'host:port', 'http://localhost:80', 'localhost:80,,x'])(
  'EGRESS_ALLOW=%s is one clear line',
  (EGRESS_ALLOW) => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://a@b/c', EGRESS_ALLOW })).toThrow(`EGRESS_ALLOW must be host:port or host:* separated by commas, not '${EGRESS_ALLOW}'`); // prettier-ignore
  },
);
