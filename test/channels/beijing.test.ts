import { inBeijing, isOfDay, toInstant } from '../../src/channels/beijing.ts';

test('a time of Beijing’s is told in UTC, and back', () => {
  expect(toInstant('2026-11-25 00:00:00')).toBe('2026-11-24T16:00:00.000Z');
  expect(toInstant('2026-11-25 00:00:00.123')).toBe('2026-11-24T16:00:00.000Z');
  expect(inBeijing(new Date('2026-11-24T16:00:00Z'))).toBe('2026-11-25 00:00:00');
});

test.each(['2026-02-30 10:00:00', '2026-11-25 24:00:00', '2026-11-25T00:00:00', '2026-11-25', ''])(
  '%j is no time',
  (text) => {
    expect(toInstant(text)).toBeNull();
  },
);

test.each([
  ['2026-11-23 00:00:00', true], // booked too late for its own day's bill
  ['2026-11-22 23:59:59', false],
  ['2026-11-24 00:00:00', true],
  ['2026-11-24 23:59:59', true],
  ['2026-11-25 00:00:00', false],
])('%s stands on the bill of 24 November: %j', (time, isOf) => {
  expect(isOfDay(toInstant(time)!, '2026-11-24')).toBe(isOf);
});
