import { channelNumberMax, longestIn } from '../../src/domain/channel-number.ts';
import { toMinor } from '../../src/domain/money.ts';
import { cny } from '../support/payment.ts';

const number = 'n'.repeat(channelNumberMax + 1);
const receipt = (channel_reference: string) => ({
  channel_reference,
  amount: toMinor(1),
  currency: cny,
  paid_at: '2026-11-30T00:00:00.000Z',
});

test.each([
  { kind: 'approved', receipt: receipt(number) },
  { kind: 'credited', receipts: [receipt('1'), receipt(number)] },
  { kind: 'held', channel_reference: number },
  { kind: 'dispute', channel_reference: number },
  { kind: 'created', handle: number },
  { kind: 'action_required', handle: number },
])('the longest number is found wherever it stands: $kind', (said) => {
  expect(longestIn(said)).toBe(channelNumberMax + 1);
});

test('what bears none has none', () => {
  expect(longestIn({ kind: 'pending' })).toBe(0);
  expect(longestIn({ kind: 'refund', channel_reference: null })).toBe(0);
});
