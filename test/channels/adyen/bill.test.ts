import { adyen } from '../../../src/channels/adyen/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { findingsOf } from '../../../src/domain/bill-finding.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor, zero } from '../../../src/domain/money.ts';
import { answering, back, filed, order, psp } from './adyen.ts';

const columns = 'Merchant Account,Psp Reference,Merchant Reference,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Modification Merchant Reference,Batch Number'; // prettier-ignore
const begin =
  'TestMerchant,NC6HT9CRT65ZGN82,att_01kbx6h0000000000000000001,2026-11-26 21:00:00,CET';
const sale = `${begin},Settled,CAP1,KWD,,1.999,EUR,,5.61,,0.04,0.01,0.07,,17`;
const refund = `${begin},Refunded,MOD1,KWD,0.500,,EUR,1.43,,,,,,ref_01kbx6h0000000000000000003,17`;
const file = (...lines: string[]) => filed([columns, ...lines, ''].join('\r\n'));
const batch = (number: number) => `settlement_detail_report_batch_${number}.csv`;
const told = { names: [batch(17)], before: [batch(16)] };
const day = '2026-11-28';

/** The bill of the day before `now`, and what was asked for it. */
async function bill(replies: HttpReply[], given: object = {}) {
  const call = answering(...replies);
  const answer = await adyen.bill!(call, { day, flow: 'fund', reports: told, ...given });
  const names = call.requests.map(({ url }) => Number(/\d+(?=\.csv)/.exec(url)![0]));
  return { answer, names };
}

const rows = async (...lines: string[]) => {
  const { answer } = await bill([file(...lines)]);
  if (answer.kind !== 'bill') throw new Error(JSON.stringify(answer));
  return answer.rows;
};

test('tells what was paid, what went back, and what all of the parties took for it', async () => {
  expect(await rows(sale, refund)).toEqual([
    {
      kind: 'payment',
      reference: order.reference,
      channel_reference: psp,
      movement_reference: 'CAP1',
      amount: 1_999,
      currency: 'KWD',
      direction: 'in',
      fee: { amount: 12, currency: 'EUR', direction: 'out' },
      at: '2026-11-26T20:00:00.000Z',
    },
    {
      kind: 'refund',
      reference: back.reference,
      channel_reference: 'MOD1',
      movement_reference: 'MOD1',
      amount: 500,
      currency: 'KWD',
      direction: 'out',
      fee: { amount: 0, currency: 'EUR', direction: 'out' },
      at: '2026-11-26T20:00:00.000Z',
    },
  ]);
});

test('tells parts of one payment and several refunds of it, each by the number of its modification', async () => {
  const [most, rest] = [sale.replace(',,1.999,', ',,1.500,'), sale.replace('CAP1', 'CAP2').replace(',,1.999,', ',,0.499,')]; // prettier-ignore
  const other = refund.replace('MOD1', 'MOD2').replace('0.500', '0.300').replace('0003,17', '0004,17');
  const told = await rows(most, rest, refund, other);
  expect(told).toMatchObject([
    { reference: order.reference, channel_reference: psp, movement_reference: 'CAP1', amount: 1_500 },
    { reference: order.reference, channel_reference: psp, movement_reference: 'CAP2', amount: 499 },
    { reference: back.reference, movement_reference: 'MOD1', amount: 500 },
    { reference: 'ref_01kbx6h0000000000000000004', movement_reference: 'MOD2', amount: 300 },
  ]);
  const receipts = [{ channel_reference: psp, amount: toMinor(1_999), currency: toCurrency('KWD') }];
  const known = findingsOf(told.slice(0, 2), { payment_id: 'pay_1', receipts, told: [], taken_back: zero, bounced: null });
  expect(known.map(({ finding }) => finding)).toEqual(['known', 'known']);
}); // prettier-ignore

const ofMerchant = (type: string, debit: string, credit: string) =>
  `TestMerchant,,,2026-11-28 04:00:00,UTC,${type},TX17XT batch 17,,,,EUR,${debit},${credit},,,,,,17`;
const ofPayment = (type: string, debit: string, credit: string, fee = '') =>
  `${begin},${type},MOD2,KWD,${debit},${credit},EUR,,,${fee},,,,ref_of_it,17`;

test.each([
  ['what was paid out', ofMerchant('MerchantPayout', '4.18', ''), { kind: 'payout', direction: 'out', amount: 418, currency: 'EUR', reference: null }],
  ['what is owed, and goes into the next batch', ofMerchant('Balancetransfer', '', '4.18'), { kind: 'other', direction: 'in', amount: 418 }],
  ['the fees of a month', ofMerchant('Fee', '10.00', ''), { kind: 'fee', direction: 'out', amount: 1_000 }],
  ['a chargeback and its fee', ofPayment('Chargeback', '1.999', '', '7.5'), { kind: 'dispute', direction: 'out', reference: order.reference, fee: { amount: 750, direction: 'out' } }],
  ['a chargeback that was won', ofPayment('ChargebackReversed', '', '1.999'), { kind: 'dispute', direction: 'in' }],
  ['a capture that the scheme rejected', ofPayment('SettledReversed', '1.999', ''), { kind: 'reversal', direction: 'out' }],
  ['a refund that came back', ofPayment('RefundedReversed', '', '0.500'), { kind: 'refund', direction: 'in', reference: 'ref_of_it' }],
  ['an interchange that is given back', ofPayment('Refunded', '0.500', '', '-0.02'), { fee: { amount: 2, direction: 'in' } }],
  ['a fee in parts of a cent as none', ofPayment('Refunded', '0.500', '', '0.015'), { fee: null }],
])('tells %s', async (_, line, row) => {
  expect(await rows(line)).toMatchObject([row]);
}); // prettier-ignore

test('of a day is what was reported on it, and is not whole before it is over', async () => {
  expect((await bill([], { day: '2026-11-29' })).answer.kind).toBe('not_ready');
  expect((await bill([], { reports: { names: [], before: [batch(16)] } })).answer.kind).toBe('no_bill');
  expect((await bill([file()])).answer.kind).toBe('no_bill');
}); // prettier-ignore

test.each([
  ['those that were told of', [17, 18], [16], [17, 18]],
  ['one whose notice never came', [19, 17], [16], [17, 18, 19]],
  ['the first of them, whose notice never came', [18], [16, 15], [17, 18]],
  ['one that is told of late, beside the others', [14, 17], [16], [14, 17]],
  ['none that was made before the first that is known', [17, 19], [], [17, 18, 19]],
] as const)('reads %s', async (_, names, before, read) => {
  const reports = { names: names.map(batch), before: before.map(batch) };
  expect((await bill([file()], { reports })).names).toEqual(read);
});

test('of a number that is far ahead does not ask for all before it', async () => {
  const reports = { names: [batch(9_999_999_999)], before: [batch(16)] };
  expect((await bill([file()], { reports })).names).toHaveLength(100);
});

test.each([
  ['away', { kind: 'lost', detail: 'TimeoutError' }, 'unknown'],
  ['not there yet', filed('', 404), 'not_ready'],
  ['not for this key', filed('', 403), 'refused'],
  ['struck by too many calls', filed('', 429), 'unknown'],
  ['cut off', filed(`${columns}\n${sale.slice(0, 60)}`), 'unknown'],
  ['of an amount that is none', file(sale.replace('1.999', '1.9995')), 'unknown'],
  ['of somebody else', file(sale.replace('TestMerchant', 'AnotherShop')), 'unknown'],
] as const)('of which a report is %s is %s', async (_, reply, kind) => {
  const reports = { names: [batch(17), batch(18)], before: [batch(16)] };
  const { answer } = await bill([reply, file()], { reports });
  expect(answer.kind).toBe(kind);
});
