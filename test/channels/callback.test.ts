import { isStale } from '../../src/channels/callback.ts';

const now = new Date('2026-11-25T12:00:00.000Z');
const hour = 3_600_000;
/** Sent so many milliseconds ago, of a channel that repeats a notice for an hour. */
const sentAgo = (ms: number) => isStale(new Date(now.getTime() - ms).toISOString(), now, hour);

test('a notice is not stale for as long as its channel repeats it, by clocks that differ by five minutes', () => {
  for (const ms of [0, hour, hour + 300_000, -300_000]) expect(sentAgo(ms)).toBe(false);
});

test('a notice is stale that is older than that, or ahead of our clock', () => {
  for (const ms of [hour + 300_001, 25 * hour, -300_001, -hour]) expect(sentAgo(ms)).toBe(true);
});

test.each([null, '', 'yesterday', '2026-13-45T00:00:00Z'])('one sent at %j is stale', (sent_at) => {
  expect(isStale(sent_at, now, hour)).toBe(true);
});
