import { later, sandboxNow } from '../later.ts';
import { until } from '../shop.ts';
import { captureOf, openPaypalShop, type PaypalShop, referenceOf } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const dayMs = 86_400_000;
const day = (ago = 0) => new Date(sandboxNow() - ago * dayMs).toISOString().slice(0, 10);

const list = (query: Record<string, string>) =>
  shop.call('GET', `/v1/reporting/transactions?${new URLSearchParams(query).toString()}`);
const billOf = (of: string, more: Record<string, string> = {}) =>
  list({ start_date: `${of}T00:00:00Z`, end_date: `${of}T23:59:59Z`, fields: 'all', ...more });
const rowsOf = async (of: string) => {
  const { status, body } = await billOf(of);
  expect(status).toBe(200);
  return body.transaction_details.map((one: any) => one.transaction_info);
};
const twoDaysLater = () => later(shop.sandbox, 2 * dayMs);

describe('the list of transactions', () => {
  test('has what was paid, refunded and disputed on its day, with PayPal’s fee', async () => {
    const order = await shop.captured();
    const capture = captureOf(order);
    const refund = (await shop.refund(capture, { amount: { currency_code: 'USD', value: '5.00' }, custom_id: 'ref_1' })).body; // prettier-ignore
    await until(
      async () => (await shop.transaction(order)).refunded,
      (refunded) => refunded === 500,
    );
    await shop.act(order, { action: 'dispute', amount: 300 });
    await shop.approved();
    await twoDaysLater();
    const common = { custom_field: referenceOf(order), transaction_status: 'S' };
    expect(await rowsOf(day(2))).toEqual([
      expect.objectContaining({
        ...common,
        transaction_id: capture.id,
        paypal_reference_id: order.id,
        paypal_reference_id_type: 'ODR',
        transaction_event_code: 'T0006',
        transaction_amount: { currency_code: 'USD', value: '19.99' },
        fee_amount: { currency_code: 'USD', value: '-0.69' },
        invoice_id: referenceOf(order),
      }),
      expect.objectContaining({
        ...common,
        custom_field: 'ref_1',
        transaction_id: refund.id,
        paypal_reference_id: capture.id,
        paypal_reference_id_type: 'TXN',
        transaction_event_code: 'T1107',
        transaction_amount: { currency_code: 'USD', value: '-5.00' },
      }),
      expect.objectContaining({
        ...common,
        paypal_reference_id: capture.id,
        transaction_event_code: 'T1110',
        transaction_amount: { currency_code: 'USD', value: '-3.00' },
      }),
    ]);
  });

  test('tells how a dispute ended: the hold is freed, and the buyer has his money when he was right', async () => {
    const [won, lost] = [await shop.captured(), await shop.captured()];
    for (const order of [won, lost]) await shop.act(order, { action: 'dispute' });
    await shop.act(won, { action: 'resolve_dispute', reason: 'won' });
    await shop.act(lost, { action: 'resolve_dispute', reason: 'lost' });
    await twoDaysLater();
    const rows = await rowsOf(day(2));
    const codes = (order: any) =>
      rows
        .filter((one: any) => one.custom_field === referenceOf(order))
        .map((one: any) => `${one.transaction_event_code} ${one.transaction_amount.value}`);
    expect(codes(won)).toEqual(['T0006 19.99', 'T1110 -19.99', 'T1111 19.99']);
    expect(codes(lost)).toEqual(['T0006 19.99', 'T1110 -19.99', 'T1111 19.99', 'T1106 -19.99']);
  });

  test('is three hours late', async () => {
    await shop.captured();
    const { body } = await billOf(day(1));
    expect(body.transaction_details).toEqual([]);
    const refreshed = Date.parse(body.last_refreshed_datetime.replace('+0000', 'Z'));
    expect(Math.abs(sandboxNow() - 3 * 3_600_000 - refreshed)).toBeLessThan(30_000);
    expect(await billOf(day(-1))).toMatchObject({
      status: 404,
      body: { name: 'INVALID_REQUEST', message: 'Data for the given start date is not available.' },
    });
  });

  test('comes in pages that say how many there are', async () => {
    const ids = [];
    for (let n = 0; n < 3; n++) ids.push(captureOf(await shop.captured()).id);
    await twoDaysLater();
    const pages = [];
    for (const page of ['1', '2', '3'])
      pages.push((await billOf(day(2), { page, page_size: '2' })).body);
    expect(pages[0]).toMatchObject({ account_number: shop.keys.merchant_id, page: 1, total_items: 3, total_pages: 2 }); // prettier-ignore
    expect(pages.flatMap((one) => one.transaction_details.map((row: any) => row.transaction_info.transaction_id))).toEqual(ids); // prettier-ignore
    expect(pages.map((one) => one.links.map(({ rel }: any) => rel))).toEqual([['last', 'next', 'self'], ['last', 'self'], ['last', 'self']]); // prettier-ignore
    const next = pages[0].links.find(({ rel }: any) => rel === 'next').href as string;
    expect((await shop.call('GET', new URL(next).pathname + new URL(next).search)).body).toEqual({
      ...pages[1],
      last_refreshed_datetime: expect.any(String),
    });
  });

  test.each([
    [{ start_date: 'yesterday' }, 'INVALID_PARAMETER_SYNTAX'],
    [{ end_date: '2026-11-29' }, 'INVALID_PARAMETER_SYNTAX'],
    [{ page_size: '501' }, 'INVALID_STRING_LENGTH'],
    [{ start_date: '2026-10-01T00:00:00Z', end_date: '2026-11-05T00:00:00Z' }, 'INVALID_DATE_RANGE'],
    [{ start_date: '2026-10-02T00:00:00Z', end_date: '2026-10-01T00:00:00Z' }, 'INVALID_DATE_RANGE'],
  ])('refuses %j', async (more, issue) => {
    const { status, body } = await billOf(day(1), more);
    expect(status).toBe(400);
    expect(body.details).toEqual([expect.objectContaining({ issue })]);
  }); // prettier-ignore
});

describe('a discrepancy', () => {
  test.each([
    ['missing_row', [], []],
    ['extra_row', ['19.99 -0.69 mine', '19.99 -0.69 att_of_nobody_0000'], []],
    ['amount_drift', ['19.98 -0.69 mine'], []],
    ['fee_drift', ['19.99 -0.70 mine'], []],
    ['next_day_row', [], ['19.99 -0.69 mine']],
  ] as const)('of %s is planted, and the books stay true', async (fault, first, second) => {
    const order = await shop.captured();
    await twoDaysLater();
    await shop.fault('bill', fault, { reference: referenceOf(order) });
    const shown = async (of: string) =>
      (await rowsOf(of)).map((one: any) =>
        [one.transaction_amount.value, one.fee_amount.value, one.custom_field === referenceOf(order) ? 'mine' : one.custom_field].join(' '),
      ); // prettier-ignore
    expect([await shown(day(2)), await shown(day(1))]).toEqual([first, second]);
    expect(await shop.transaction(order)).toMatchObject({ captured: 1_999, refunded: 0 });
  });

  test('of time: a report that is late is a day older', async () => {
    await twoDaysLater();
    const refreshed = async () =>
      Date.parse((await billOf(day(2))).body.last_refreshed_datetime.replace('+0000', 'Z'));
    await shop.fault('bill', 'late_file', { count: 1 });
    const late = await refreshed();
    expect(Math.abs((await refreshed()) - late - dayMs)).toBeLessThan(30_000);
  });
});
