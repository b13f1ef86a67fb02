import { isWithin, utcDay } from '../../src/channels/utc-day.ts';

test('a day of UTC begins at midnight and ends before the next', () => {
  const { from, to } = utcDay('2026-11-24');
  expect(new Date(from).toISOString()).toBe('2026-11-24T00:00:00.000Z');
  expect(new Date(to).toISOString()).toBe('2026-11-25T00:00:00.000Z');
});

test.each([
  ['2026-11-23T23:59:59.999Z', false],
  ['2026-11-24T00:00:00.000Z', true],
  ['2026-11-24T23:59:59.999Z', true],
  ['2026-11-25T00:00:00.000Z', false],
  ['2026-11-25T00:30:00+08:00', true],
  ['no time', false],
])('%s is of 24 November: %j', (at, isOf) => {
  expect(isWithin('2026-11-24', at)).toBe(isOf);
});
