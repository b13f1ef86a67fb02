import type { HttpReply } from '../../../src/channels/exchange.ts';
import { stripe } from '../../../src/channels/stripe/channel.ts';
import { answering, back, order, refusedWith } from './stripe.ts';

const day = '2026-11-23';
const created = Date.parse(`${day}T17:07:11Z`) / 1_000;
const charge = {
  id: 'txn_1', object: 'balance_transaction', amount: 1_999, fee: 88, net: 1_911, currency: 'usd', created, type: 'charge',
  source: { id: 'ch_1', object: 'charge', amount: 1_999, amount_captured: 1_999, currency: 'usd', payment_intent: 'pi_1', metadata: { reference: order.reference } },
}; // prettier-ignore
const refund = {
  ...charge, id: 'txn_2', amount: -500, fee: 0, net: -500, type: 'refund',
  source: { id: 're_1', object: 'refund', amount: 500, currency: 'usd', payment_intent: 'pi_1', metadata: { reference: back.reference } },
}; // prettier-ignore

const listed = (data: readonly object[], given: object = {}, date = 'Tue, 24 Nov 2026 02:00:00 GMT'): HttpReply => ({
  kind: 'reply', status: 200, headers: { date }, body: '',
  file: Buffer.from(JSON.stringify({ object: 'list', data, has_more: false, ...given })),
}); // prettier-ignore
const bill = (...replies: HttpReply[]) => {
  const call = answering(...replies);
  return { call, told: stripe.bill!(call, { day, flow: 'fund' }) };
};
const rowsOf = async (...data: object[]): Promise<any> => ((await bill(listed(data)).told) as any).rows; // prettier-ignore

test('the list is read with what each came of, and told oldest first', async () => {
  const { call, told } = bill(listed([refund, charge]));
  const at = `${day}T17:07:11.000Z`;
  expect(await told).toEqual({
    kind: 'bill',
    rows: [
      { kind: 'payment', reference: order.reference, channel_reference: 'pi_1', movement_reference: 'txn_1', amount: 1_999, currency: 'USD', direction: 'in', fee: { amount: 88, currency: 'USD', direction: 'out' }, at },
      { kind: 'refund', reference: back.reference, channel_reference: 're_1', movement_reference: 'txn_2', amount: 500, currency: 'USD', direction: 'out', fee: { amount: 0, currency: 'USD', direction: 'in' }, at },
    ],
  });
  const [request] = call.requests;
  expect(request!.is_file).toBe(true);
  expect(decodeURIComponent(request!.url)).toContain(
    `/v1/balance_transactions?created[gte]=${Date.parse(day) / 1_000}&created[lt]=${Date.parse(day) / 1_000 + 86_400}&limit=100&expand[]=data.source`,
  );
}); // prettier-ignore

test('a long list is read page by page', async () => {
  const page = (from: number) =>
    Array.from({ length: 100 }, (_, n) => ({ ...charge, id: `txn_${from + n}` }));
  const { call, told } = bill(listed(page(100), { has_more: true }), listed(page(200)));
  expect(((await told) as any).rows).toHaveLength(200);
  expect(call.requests[1]!.url).toContain('starting_after=txn_199');
});

test.each([
  ['adjustment', { object: 'dispute', id: 'dp_1' }, 'dispute', 'dp_1'],
  ['adjustment', 'adj_1', 'other', 'adj_1'],
  ['payout', { object: 'payout', id: 'po_1' }, 'payout', 'po_1'],
  ['refund_failure', { ...refund.source }, 'refund', 're_1'],
  ['stripe_fee', null, 'fee', null],
  ['anything new', 'x_1', 'other', 'x_1'],
])('%s of %j is told as %s', async (type, source, kind, channel_reference) => {
  const row = { ...charge, type, source };
  expect(await rowsOf(row)).toMatchObject([{ kind, channel_reference }]);
});

test.each([
  ['isk', 100_000, 1_000],
  ['ugx', 100_000, 1_000],
  ['mga', 1_000, 100_000],
  ['jpy', 1_000, 1_000],
  ['bhd', 1_000, 1_000],
])('in %s Stripe’s %i are %i of ISO 4217’s', async (currency, amount, iso) => {
  const row = { ...charge, amount, fee: 0, net: amount, currency, source: { ...charge.source, currency } }; // prettier-ignore
  expect(await rowsOf(row)).toMatchObject([{ amount: iso, currency: currency.toUpperCase() }]);
});

test('what was paid in another currency than the balance is told as the payer paid it', async () => {
  const source = { ...charge.source, currency: 'jpy', amount: 3_000, amount_captured: 3_000 };
  expect(await rowsOf({ ...charge, source })).toMatchObject([
    { amount: 3_000, currency: 'JPY', direction: 'in', fee: { amount: 88, currency: 'USD' } },
  ]);
});

test.each([
  ['that does not add up', [{ ...charge, net: 1_910 }], {}],
  ['that stands twice', [charge, charge], {}],
  ['of another day', [{ ...charge, created: created - 86_400 }], {}],
  ['in a currency that is none', [{ ...charge, currency: 'xyz', source: null }], {}],
  ['with parts of what has none', [{ ...charge, currency: 'isk', source: null }], {}],
  ['before a page that is cut off', [charge], { has_more: true }],
  ['in something that is no list', [charge], { object: 'search_result' }],
])('a row %s makes the bill none', async (_what, data, given) => {
  const told = await bill(listed(data, given)).told;
  expect(told).toEqual({ kind: 'unknown', detail: expect.any(String) });
});

test('a day is over by Stripe’s clock, an hour after', async () => {
  const at = async (date: string) => (await bill(listed([charge], {}, date)).told).kind;
  expect(await at('Tue, 24 Nov 2026 00:59:59 GMT')).toBe('not_ready');
  expect(await at('Tue, 24 Nov 2026 01:00:00 GMT')).toBe('bill');
  expect(await at('')).toBe('not_ready');
});

test('a day on which nothing moved has no bill, and a key without the right is refused one', async () => {
  expect((await bill(listed([])).told).kind).toBe('no_bill');
  expect((await bill(refusedWith(403, { code: 'more_permissions_required' })).told).kind).toBe('refused'); // prettier-ignore
});
