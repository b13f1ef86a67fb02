import type { HttpReply } from '../../../src/channels/exchange.ts';
import { paypal } from '../../../src/channels/paypal/channel.ts';
import { answering, back, order, refusedWith, settings } from './paypal.ts';

const day = '2026-11-23';
const info = {
  transaction_id: '5TY05013RG002845M', transaction_event_code: 'T0006', transaction_initiation_date: `${day}T17:07:11+0000`,
  transaction_amount: { currency_code: 'USD', value: '19.99' }, fee_amount: { currency_code: 'USD', value: '-0.69' },
  transaction_status: 'S', invoice_id: 'INV-1', custom_field: order.reference,
}; // prettier-ignore
const refund = {
  ...info, transaction_id: '1JU08902781691411', transaction_event_code: 'T1107', fee_amount: undefined,
  transaction_amount: { currency_code: 'USD', value: '-5.00' }, invoice_id: back.reference,
}; // prettier-ignore

const page = (rows: readonly object[], given: object = {}): HttpReply => ({
  kind: 'reply', status: 200, headers: {}, body: '',
  file: Buffer.from(JSON.stringify({
    transaction_details: rows.map((transaction_info) => ({ transaction_info })), account_number: settings.merchant_id,
    last_refreshed_datetime: '2026-11-24T00:00:00+0000', page: 1, total_items: rows.length, total_pages: 1, ...given,
  })),
}); // prettier-ignore
const bill = (...replies: HttpReply[]) => {
  const call = answering(...replies);
  return { call, told: paypal.bill!(call, { day, flow: 'fund' }) };
};
const rowsOf = async (...rows: object[]): Promise<any> => ((await bill(page(rows)).told) as any).rows; // prettier-ignore

test('the list tells payments by our attempt and refunds by our refund', async () => {
  const at = `${day}T17:07:11.000Z`;
  const { call, told } = bill(page([info, refund]));
  expect(await told).toEqual({
    kind: 'bill',
    rows: [
      { kind: 'payment', reference: order.reference, channel_reference: info.transaction_id, movement_reference: info.transaction_id, amount: 1_999, currency: 'USD', direction: 'in', fee: { amount: 69, currency: 'USD', direction: 'out' }, at },
      { kind: 'refund', reference: back.reference, channel_reference: refund.transaction_id, movement_reference: refund.transaction_id, amount: 500, currency: 'USD', direction: 'out', fee: null, at },
    ],
  });
  const { url, is_file } = call.requests[0]!;
  expect(is_file).toBe(true);
  const { searchParams } = new URL(url);
  expect(Object.fromEntries(searchParams)).toEqual({
    start_date: `${day}T00:00:00Z`, end_date: `${day}T23:59:59Z`, fields: 'transaction_info', page_size: '500', page: '1',
  });
}); // prettier-ignore

test.each([
  ['T1106', 'S', '-19.99', 'reversal'],
  ['T1110', 'S', '-3.00', 'dispute'],
  ['T1111', 'S', '3.00', 'dispute'],
  ['T1201', 'S', '-19.99', 'dispute'],
  ['T0400', 'S', '-100.00', 'payout'],
  ['T0006', 'V', '19.99', 'payment'],
  ['T0006', 'P', '19.99', 'other'],
  ['T0001', 'S', '-10.00', 'other'],
  ['T9900', 'S', '1.00', 'other'],
])('%s in state %s of %s is told as %s', async (transaction_event_code, transaction_status, value, kind) => {
  const amount = { currency_code: 'USD', value };
  const row = { ...info, transaction_event_code, transaction_status, transaction_amount: amount };
  expect(await rowsOf(row)).toMatchObject([{ kind }]);
}); // prettier-ignore

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ ...info, transaction_id: `T${from + n}` }));

test('a long list is read page by page', async () => {
  const given = { total_items: 501, total_pages: 2 };
  const { told, call } = bill(page(numbered(0, 500), given), page(numbered(500, 1), given));
  expect(((await told) as any).rows).toHaveLength(501);
  expect(call.requests[1]!.url).toContain('page=2');
});

test('a list that is too large is asked for in halves', async () => {
  const { told, call } = bill(
    refusedWith(400, 'RESULTSET_TOO_LARGE'),
    page(numbered(0, 1)),
    page(numbered(1, 1)),
  );
  expect(((await told) as any).rows).toHaveLength(2);
  const stretch = ({ url }: { url: string }) =>
    ['start_date', 'end_date'].map((name) => new URL(url).searchParams.get(name)!.slice(11, 19));
  expect(call.requests.map(stretch)).toEqual([
    ['00:00:00', '23:59:59'],
    ['00:00:00', '11:59:59'],
    ['12:00:00', '23:59:59'],
  ]);
});

test.each([
  ['that says more rows than it has', [info], { total_items: 2 }],
  ['whose second page says another count', [info], { total_items: 1, total_pages: 2 }],
  ['of somebody else', [info], { account_number: 'ANOTHERSHOP' }],
  ['with a row twice', [info, info], {}],
  ['of another day', [{ ...info, transaction_initiation_date: '2026-11-22T17:07:11+0000' }], {}],
  ['with an amount that is none', [{ ...info, transaction_amount: { currency_code: 'USD', value: '19.999' } }], {}],
  ['without a count', [info], { total_items: undefined }],
])('a list %s is not believed', async (_what, rows, given) => {
  const told = await bill(page(rows, given)).told;
  expect(told).toEqual({ kind: 'unknown', detail: expect.any(String) });
}); // prettier-ignore

test('a list that does not reach to the end of the day is not ready, and one without rows is no bill', async () => {
  const early = { last_refreshed_datetime: `${day}T23:59:59+0000` };
  expect((await bill(page([info], early)).told).kind).toBe('not_ready');
  expect((await bill(page([])).told).kind).toBe('no_bill');
  const young = refusedWith(404, 'INVALID_REQUEST', {
    details: [],
    message: 'Data for the given start date is not available.',
  });
  expect((await bill(young).told).kind).toBe('not_ready');
  expect((await bill(refusedWith(403, 'NOT_AUTHORIZED')).told).kind).toBe('refused');
});
