import { adyen } from '../../../src/channels/adyen/channel.ts';
import { account, answering, back, filed, held, now, order, psp, settings } from './adyen.ts';

const columns = 'Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Modification Merchant Reference,Batch Number'; // prettier-ignore
const sale = (reference: string, credit: string, currency = 'KWD') =>
  `"Shop, the ""Best""",TestMerchant,${psp},${reference},visa,2026-11-29 21:00:00,CET,Settled,,${currency},,${credit},,17`;
const refunded = (reference: string, debit: string) =>
  `Company,TestMerchant,${psp},${order.reference},visa,2026-11-29 21:00:00,CET,Refunded,MOD1,KWD,${debit},,${reference},17`;
const file = (...lines: string[]) => filed([columns, ...lines, ''].join('\r\n'));
const name = 'settlement_detail_report_batch_17.csv';
const batch = (number: number) => `settlement_detail_report_batch_${number}.csv`;
const out = { names: [name], before: [batch(16)], late_ms: 0 };
const query = (reports: object, ...replies: any[]) =>
  adyen.query(answering(...replies), { ...order, reports: { ...out, ...reports } });

test('while no report is out nobody is asked', async () => {
  const call = answering(file());
  expect((await adyen.query(call, order)).kind).toBe('unknown');
  expect((await adyen.queryRefund(call, back)).kind).toBe('unknown');
  expect(call.requests).toEqual([]);
});

test('a report is read by its name in the Customer Area, with the key that reads reports', async () => {
  const call = answering(file());
  await adyen.query(call, { ...order, reports: out });
  expect(call.requests).toMatchObject([
    {
      method: 'GET',
      url: `https://ca-test.adyen.com/reports/download/MerchantAccount/TestMerchant/${name}`,
      headers: { 'X-API-Key': settings.report_api_key },
      is_file: true,
    },
  ]);
});

test('what stands in it was taken, exactly so much', async () => {
  const receipt = { channel_reference: psp, amount: 1_999, currency: 'KWD', paid_at: '2026-11-29T20:00:00.000Z' }; // prettier-ignore
  const answer = await query(
    {},
    file(sale('att_of_another', '7.000'), sale(order.reference, '1.999')),
  );
  expect(answer).toEqual({ kind: 'approved', receipt });
  expect(await query({}, file(sale(order.reference, '1.99')))).toMatchObject({ receipt: { amount: 1_990 } }); // prettier-ignore
});

test('of a hold it is what was captured, and nothing is held any more', async () => {
  const call = answering(file(sale(order.reference, '0.500')));
  expect(await adyen.query(call, { ...held, reports: out })).toMatchObject({
    kind: 'held',
    channel_reference: psp,
    held: 1_999,
    captured: 500,
    currency: 'KWD',
    ends_at: null,
    is_over: true,
  });
});

test('what was captured in parts is their sum, and none where they are in several currencies', async () => {
  const parts = [sale(order.reference, '0.500'), sale(order.reference, '0.700')];
  const reports = { ...held, reports: out };
  expect(await adyen.query(answering(file(...parts)), reports)).toMatchObject({ captured: 1_200 });
  const other = sale(order.reference, '7.00', 'EUR');
  for (const lines of [[parts[0]!, other], [other, parts[0]!]])
    expect((await adyen.query(answering(file(...lines)), reports)).kind).toBe('unknown');
}); // prettier-ignore

test('of two under our number it is the one that we know, and never the sum of both', async () => {
  const ours = sale(order.reference, '1.999');
  const others = ours.replace(psp, 'NPSMZ9CRT65ZGN82');
  const handles = { [psp]: psp, NPSMZ9CRT65ZGN82: 'NPSMZ9CRT65ZGN82', UNKNOWN: psp };
  for (const [handle, channel_reference] of Object.entries(handles)) {
    const call = answering(file(ours, others));
    expect(await adyen.query(call, { ...order, handle, reports: out })).toMatchObject({
      kind: 'approved',
      receipt: { channel_reference, amount: 1_999 },
    });
  }
});

test('what it lacks never happened, once it is out so late; before that it may come yet', async () => {
  expect(await query({}, file())).toEqual({ kind: 'not_found' });
  expect((await query({ late_ms: null }, file())).kind).toBe('unknown');
});

test.each([
  [0, 0], // what is shorter waits no less
  [12, 0],
  [13, 1], // 13 and three weekends
  [20, 10],
  [45, 45],
])('of an account with %i business days of settlement delay it is believed %i days later', async (settlement_delay_days, later) => {
  const delayed = adyen.parseAccount({ ...settings, settlement_delay_days });
  const ask = async (late_ms: number) => {
    const call = { ...answering(file()), account: delayed };
    return (await adyen.query(call, { ...order, reports: { ...out, late_ms } })).kind;
  };
  expect(await ask(later * 86_400_000)).toBe('not_found');
  if (later > 0) expect(await ask(later * 86_400_000 - 1)).toBe('unknown');
}); // prettier-ignore

const types = [
  'SettledInInstallments',
  'SettledBulk',
  'SettledExternally',
  'SettledReversed',
  'Chargeback',
  'SomethingNew',
];

test.each(types)('a line of type %s that bears its number is no silence', async (type) => {
  const line = sale(order.reference, '1.999').replace('Settled', type);
  const answer = await query({}, file(line));
  expect(answer).toEqual({ kind: 'unknown', detail: `stands in a report as '${type}'` });
  const beside = sale(order.reference, '1.999');
  expect(await query({}, file(line, beside))).toMatchObject({ kind: 'approved' });
  expect(await query({}, file(line.replace(order.reference, 'att_of_another')))).toEqual({
    kind: 'not_found',
  });
});

test('a line for many payments or refunds may mean ours, where it names none', async () => {
  const bulk = sale('', '100.000').replace('Settled', 'SettledBulk');
  const named = sale('att_of_another', '7.000').replace('Settled', 'SettledBulk');
  expect((await query({}, file(bulk))).kind).toBe('unknown');
  expect((await query({}, file(named))).kind).toBe('not_found');
  const asked = { ...back, reports: out };
  expect((await adyen.queryRefund(answering(file(bulk)), asked)).kind).toBe('unknown');
  const fee = sale('', '1.000').replace('Settled', 'Fee'); // names no payment, and is about none
  expect(await query({}, file(fee))).toEqual({ kind: 'not_found' });
  for (const line of [fee, sale(order.reference, '1.999')])
    // the payment itself is no refund of it
    expect(await adyen.queryRefund(answering(file(line)), asked)).toEqual({ kind: 'not_found' });
});

test('it is looked for in every report that came out since', async () => {
  const names = [batch(16), name];
  expect(await query({ names }, file(), file(sale(order.reference, '1.999')))).toMatchObject({ kind: 'approved' }); // prettier-ignore
  expect((await query({ names: ['../secrets.csv', name] }, file())).kind).toBe('not_found'); // one that we do not read
});

test.each([
  ['all since the last one before', [17, 18, 19], [15, 16], 'not_found'],
  ['they came in any order', [19, 17, 18], [16, 15], 'not_found'],
  ['one of before came after them', [15, 17, 18], [14, 16], 'not_found'],
  ['all that the account has', [1, 2], [], 'not_found'],
  ['one between them is missing', [17, 19], [16], 'unknown'],
  ['the first of them is missing', [18, 19], [16], 'unknown'],
  ['it is not known which is the first', [17, 18], [], 'unknown'],
  ['none of them is of after it', [16], [17], 'unknown'],
] as const)('what they lack never happened only when none is missing: %s', async (_, names, before, kind) => {
  const known = { names: names.map(batch), before: before.map(batch) };
  expect((await query(known, file())).kind).toBe(kind);
  const asked = { ...back, reports: { ...out, ...known } };
  expect((await adyen.queryRefund(answering(file()), asked)).kind).toBe(kind);
}); // prettier-ignore

test.each([
  ['away', { kind: 'lost', detail: 'TimeoutError' }],
  ['refused', filed('', 403)],
  ['not there yet', filed('', 404)],
  ['a page', filed('<html>log in</html>')],
  ['without a column', filed(columns.replace('Merchant Reference', 'Reference'))],
  ['cut off', filed(`${columns}\n${sale(order.reference, '1.999').slice(0, 60)}`)],
  ['empty', filed('')],
  ['of somebody else', file(sale(order.reference, '1.999').replace('TestMerchant', 'AnotherShop'))],
  ['of another batch', file(sale(order.reference, '1.999').replace(/17$/, '18'))],
])('a report that is %s proves nothing', async (_, reply) => {
  expect((await query({}, reply)).kind).toBe('unknown');
});

test.each(['', '-1.999', '1,999', '1.9995', 'NaN', '99999999999999'])('an amount of %j is no amount', async (credit) => {
  expect((await query({}, file(sale(order.reference, `"${credit}"`)))).kind).toBe('unknown');
}); // prettier-ignore

test('a refund that stands in it has succeeded, and one that it lacks never happened', async () => {
  const ask = (reports: object, ...lines: string[]) =>
    adyen.queryRefund(answering(file(...lines)), { ...back, reports: { ...out, ...reports } });
  expect(await ask({}, refunded(back.reference, '0.500'))).toEqual({
    kind: 'refund',
    status: 'succeeded',
    channel_reference: 'MOD1',
    amount: 500,
    currency: 'KWD',
  });
  expect(await ask({}, refunded('ref_of_another', '0.500'))).toEqual({ kind: 'not_found' });
  expect((await ask({ late_ms: null })).kind).toBe('unknown');
});

test('a refund is not absent while a line may be about it', async () => {
  const ask = (given: object, line: string) =>
    adyen.queryRefund(answering(file(line)), { ...back, reports: out, ...given });
  const ours = refunded(back.reference, '0.500');
  for (const type of ['RefundedExternally', 'RefundedInInstallments', 'RefundedReversed'])
    expect((await ask({}, ours.replace('Refunded', type))).kind).toBe('unknown');
  const unnamed = refunded('', '0.500');
  expect((await ask({}, unnamed)).kind).toBe('unknown');
  expect(await ask({ attempt_reference: 'att_of_another' }, unnamed)).toEqual({ kind: 'not_found' });
  expect(await ask({ channel_reference: 'MOD1' }, unnamed)).toMatchObject({ status: 'succeeded' });
  expect((await ask({ channel_reference: 'MOD2' }, unnamed)).kind).toBe('unknown');
  const anothers = refunded('ref_of_another', '0.500');
  expect(await ask({ channel_reference: 'MOD2' }, anothers)).toEqual({ kind: 'not_found' });
}); // prettier-ignore

test('of a zone that its name does not tell, the time is when we read it', async () => {
  const elsewhere = sale(order.reference, '1.999').replace('CET', 'AST');
  expect(await query({}, file(elsewhere))).toMatchObject({ receipt: { paid_at: now.toISOString() } }); // prettier-ignore
  expect(account.report_api_key).not.toBe(account.api_key);
});
