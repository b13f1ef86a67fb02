import { pause } from '../callback-receiver.ts';
import { until } from '../shop.ts';
import { type AdyenShop, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const dayMs = 86_400_000;
/** The batch of today: the first one was that of the first day of 2026. */
const today = () => 1 + Math.floor((Date.now() - Date.parse('2026-01-01T00:00:00Z')) / dayMs);
const nameOf = (batch: number) => `settlement_detail_report_batch_${batch}.csv`;
const nextDay = async () => {
  const { status } = await shop.sandbox.call('POST', '/control/clock', { advance_ms: dayMs });
  expect(status).toBe(200);
};

/** A report's lines, each by the names of its columns. */
async function read(file: string): Promise<Record<string, string>[]> {
  const response = await shop.report(file);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const [header = [], ...lines] = (await response.text()).trimEnd().split('\n').map(cellsOf);
  return lines.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index]!])));
} // prettier-ignore

function cellsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .map(([, cell]) => (cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!));
}

/** The lines of today's report, once the day is over. */
async function linesOfToday(): Promise<Record<string, string>[]> {
  const batch = today();
  await nextDay();
  return read(nameOf(batch));
}

test('says what was settled, refunded and paid out, once its batch is over', async () => {
  const payment = await shop.paid('tok_ok', { reference: 'order "1", paid' });
  expect((await shop.report(nameOf(today()))).status).toBe(404);
  const refund = (await shop.part(payment, 'refunds', 500, { reference: 'ref_one' })).body;
  await shop.becomes(payment, { refunded: 500 });
  const lines = await linesOfToday();
  const ofPayment = lines.filter((line) => line['Psp Reference'] === payment.pspReference);
  expect(ofPayment).toMatchObject([
    {
      'Company Account': shop.keys.company_account,
      'Merchant Account': shop.keys.merchant_account,
      'Merchant Reference': 'order "1", paid',
      'Payment Method': 'visa',
      'Creation Date': expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      TimeZone: 'UTC',
      Type: 'Settled',
      'Modification Reference': expect.stringMatching(/^[A-Z0-9]{16}$/),
      'Gross Currency': 'EUR',
      'Gross Debit (GC)': '',
      'Gross Credit (GC)': '19.99',
      'Exchange Rate': '1',
      'Net Currency': 'EUR',
      'Net Credit (NC)': '19.84',
      'Markup (NC)': '0.11',
      'Scheme Fees (NC)': '0.01',
      'Interchange (NC)': '0.03',
    },
    {
      Type: 'Refunded',
      'Modification Reference': refund.pspReference,
      'Modification Merchant Reference': 'ref_one',
      'Gross Debit (GC)': '5.00',
      'Gross Credit (GC)': '',
      'Net Debit (NC)': '5.00',
      'Markup (NC)': '',
    },
  ]);
  const paidOut = lines.filter(
    ({ Type }) => Type === 'MerchantPayout' || Type === 'Balancetransfer',
  );
  const cents = (text: string) => Math.round(Number(text) * 100);
  const net = paidOut.reduce(
    (sum, line) => sum + cents(line['Net Debit (NC)']!) - cents(line['Net Credit (NC)']!),
    0,
  );
  expect(net).toBe(1984 - 500);
});

test('is announced once, and the announcement says where it is', async () => {
  const payment = await shop.held();
  const batch = today();
  await nextDay();
  const item = await shop.receiver.event('REPORT_AVAILABLE');
  expect(item).toMatchObject({ success: 'true', merchantReference: '' });
  expect(item.pspReference).toBe(nameOf(batch));
  expect(new URL(item.reason).pathname.split('/').at(-1)).toBe(item.pspReference);
  const response = await fetch(item.reason, {
    headers: { Authorization: `Basic ${btoa(`${shop.keys.report_user}:${shop.keys.report_password}`)}` },
  }); // prettier-ignore
  expect(response.status).toBe(200);
  expect(await response.text()).not.toContain(payment.pspReference);
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  await pause(500);
  const announced = shop.receiver.heard.filter(({ item: { reason } }) => reason === item.reason);
  expect(announced).toHaveLength(1);
});

test('of every batch is announced, also of one in which nothing moved: that one is missing shows by its number', async () => {
  await shop.held();
  const batch = today();
  const announced = () => {
    const names = shop.receiver.heard.map(({ item }) => item.pspReference);
    return Promise.resolve([...new Set(names.filter((name) => name.startsWith('settlement_detail')))]);
  };
  for (const passed of [0, 1, 2]) {
    await nextDay();
    await until(announced, (names) => names.includes(nameOf(batch + passed)));
  }
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  await nextDay();
  await until(announced, (names) => names.includes(nameOf(batch + 3)));
  expect(await announced()).toEqual([0, 1, 2, 3].map((passed) => nameOf(batch + passed)));
}); // prettier-ignore

test.each([
  ['a reversed refund', 'refunds', 'refund_bounce', ['Settled', 'Refunded', 'RefundedReversed']],
  ['a capture that the scheme rejects', 'captures', 'capture_bounce', ['Settled', 'SettledReversed']],
] as const)('shows %s as money that came and went', async (_what, modification, fault, types) => {
  const payment = modification === 'refunds' ? await shop.paid() : await shop.held();
  await shop.fault(modification.slice(0, -1), fault, { count: 1 });
  await shop.part(payment, modification, 1999);
  await shop.receiver.event(modification === 'refunds' ? 'REFUND_FAILED' : 'CAPTURE_FAILED');
  const lines = await linesOfToday();
  const ofPayment = lines.filter((line) => line['Psp Reference'] === payment.pspReference);
  expect(ofPayment.map(({ Type }) => Type)).toEqual(types);
}); // prettier-ignore

test('has the discrepancies that are planted in it, and the books stay true', async () => {
  const batch = today();
  const payment = await shop.paid();
  await shop.part(payment, 'refunds', 500, { reference: 'ref_one' });
  await shop.becomes(payment, { refunded: 500 });
  const before = await shop.transaction(payment);
  await nextDay();
  const shown = ['Merchant Reference', 'Type', 'Gross Credit (GC)', 'Gross Debit (GC)', 'Markup (NC)'];
  const lines = async () => {
    const all = (await read(nameOf(batch))).filter((line) => line['Merchant Reference'] !== '');
    return all.map((line) => shown.map((name) => line[name]!));
  };
  const paid = [payment.merchantReference, 'Settled', '19.99', '', '0.11'];
  const back = [payment.merchantReference, 'Refunded', '', '5.00', ''];
  for (const [fault, reference, has] of [
    ['missing_row', undefined, [back]],
    ['extra_row', undefined, [paid, back, paid.with(0, 'att_of_nobody_0000')]],
    ['amount_drift', 'ref_one', [paid, back.with(3, '5.01')]],
    ['fee_drift', payment.merchantReference, [paid.with(4, '0.12'), back]],
    ['next_day_row', undefined, [paid]],
    ['empty_file', nameOf(batch), []],
  ]) {
    await shop.fault('bill', fault, { count: 1, ...(reference === undefined ? {} : { reference }) });
    expect([fault, await lines()]).toEqual([fault, has]);
  }
  await shop.fault('bill', 'late_file', { count: 1 });
  expect((await shop.report(nameOf(batch))).status).toBe(404);
  expect(await lines()).toEqual([paid, back]);
  expect(await shop.transaction(payment)).toEqual(before);
}); // prettier-ignore

test('has as many decimals as Adyen gives a currency', async () => {
  const ofCurrency = (currency: string) =>
    shop.paid('tok_ok', { amount: { currency, value: 120_000 } });
  for (const currency of ['JPY', 'KWD', 'CLP', 'IDR']) await ofCurrency(currency);
  const lines = (await linesOfToday()).filter(({ Type }) => Type === 'Settled');
  const gross = lines.map((line) => [line['Gross Currency'], line['Gross Credit (GC)']]);
  expect(gross).toEqual([
    ['JPY', '120000'],
    ['KWD', '120.000'],
    ['CLP', '1200.00'],
    ['IDR', '120000'],
  ]);
});

test('of another stretch than a day is a setting', async () => {
  const other = await openAdyenShop({ SANDBOX_ADYEN_BATCH_S: '2' });
  try {
    const payment = await other.paid();
    const item = await other.receiver.event('REPORT_AVAILABLE');
    const report = await other.report(item.pspReference);
    expect(await report.text()).toContain(payment.pspReference);
  } finally {
    await other.close();
  }
});

test('is for the report user alone', async () => {
  const file = nameOf(today() - 1);
  for (const headers of [{}, { 'X-API-Key': shop.keys.api_key }, { Authorization: 'Basic eDp5' }])
    expect((await shop.report(file, headers as Record<string, string>)).status).toBe(401);
  expect(await shop.violations()).toMatchObject(Array(3).fill({ rule: 'wrong_report_user' }));
});

test('of a batch in which nothing moved has its header only; of a batch to come there is none', async () => {
  expect(await read(nameOf(1))).toEqual([]);
  for (const file of [nameOf(0), nameOf(today() + 5), 'settlement_detail_report_batch_1.tsv', 'x'])
    expect((await shop.report(file)).status).toBe(404);
}); // prettier-ignore

test.each([
  ['rate_limit', 429],
  ['http_500_before_commit', 500],
])('is struck by %s on bill', async (fault, status) => {
  await shop.fault('bill', fault, { count: 1 });
  expect((await shop.report(nameOf(1))).status).toBe(status);
  expect((await shop.report(nameOf(1))).status).toBe(200);
});
