import { type BillRow, findingOf, type Known } from '../../src/domain/bill.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';

const cny = toCurrency('CNY');
const paid: BillRow = { kind: 'payment', reference: 'att_1', channel_reference: '4200', amount: toMinor(1_999), currency: cny, direction: 'in', fee: null, at: '2026-11-29T10:00:00.000Z' }; // prettier-ignore
const back: BillRow = { ...paid, kind: 'refund', reference: 'ref_1', channel_reference: '5000', direction: 'out', amount: toMinor(500) }; // prettier-ignore
const of = (...receipts: Known['receipts']): Known => ({ payment_id: 'pay_1', receipts });
const receipt = { channel_reference: '4200', amount: toMinor(1_999), currency: cny };

test.each([
  ['known', 'a payment that we have', paid, of(receipt)],
  ['known', 'one of several payments under a number', paid, of({ ...receipt, channel_reference: '4199', amount: toMinor(1) }, receipt)],
  ['unheard', 'a payment of which we know the order alone', paid, of()],
  ['known', 'a transfer of too much, of which a part goes back', paid, of({ ...receipt, amount: toMinor(1_500) }, { ...receipt, amount: toMinor(499) })],
  ['unheard', 'a second payment under a number', paid, of({ ...receipt, channel_reference: '4199' })],
  ['differs', 'a payment in another amount', paid, of({ ...receipt, amount: toMinor(1_998) })],
  ['differs', 'a payment in another currency', paid, of({ ...receipt, currency: toCurrency('USD') })],
  ['foreign', 'a payment under no number of ours', paid, undefined],
  ['foreign', 'a payment without a number', { ...paid, reference: null }, undefined],
  ['known', 'a refund that has gone, whatever its number', back, of({ ...receipt, channel_reference: null, amount: toMinor(500) })],
  ['differs', 'a refund in another amount', back, of({ ...receipt, amount: toMinor(501) })],
  ['unheard', 'a refund that waits here', back, of()],
  ['foreign', 'a refund that somebody else made', back, undefined],
  ['known', 'a part of a hold that was captured', paid, of({ ...receipt, channel_reference: 'cap_1', amount: toMinor(1) }, { ...receipt, channel_reference: 'cap_2' })],
  ['unheard', 'a part of a hold that nobody here captured', paid, of({ ...receipt, channel_reference: 'cap_1', amount: toMinor(1) })],
  ['unheard', 'a refund that came back and is held to have gone', { ...back, direction: 'in' }, of({ ...receipt, amount: toMinor(500) })],
  ['known', 'a refund that is known to have come back', { ...back, direction: 'in' }, of()],
] as const)('%s: %s', (finding, _, row, known) => {
  expect(findingOf(row, known)).toBe(finding);
}); // prettier-ignore

const capture = { ...receipt, channel_reference: 'cap_1', amount: toMinor(500) };
const part = { ...paid, amount: toMinor(500) };
const gone = { ...receipt, amount: toMinor(500), channel_reference: '5000' };

test.each([
  ['doubled', 'a capture that was carried out twice', { ...part, channel_reference: '4201' }, of(capture), [part]],
  ['known', 'the second of two captures of one amount', part, of(capture, { ...capture, channel_reference: 'cap_2' }), [part]],
  ['doubled', 'the third', part, of(capture, { ...capture, channel_reference: 'cap_2' }), [part, part]],
  ['known', 'a capture beside one of another amount', paid, of(capture, { ...capture, channel_reference: 'cap_2', amount: paid.amount }), [part]],
  ['doubled', 'a refund that went back twice, under another number of the channel', { ...back, channel_reference: '5001' }, of(gone), [back]],
  ['doubled', 'a payment that stands there twice', paid, of(receipt), [paid]],
  ['known', 'a second payment that we have too', { ...paid, channel_reference: '4201' }, of(receipt, { ...receipt, channel_reference: '4201' }), [paid]],
] as const)('%s: %s', (finding, _, row, known, before) => {
  expect(findingOf(row, known, before)).toBe(finding);
}); // prettier-ignore

test.each(['fee', 'payout', 'dispute', 'reversal', 'other'] as const)(
  'a row about a %s is compared by nobody',
  (kind) => {
    expect(findingOf({ ...paid, kind }, of(receipt))).toBe('beside');
  },
);
