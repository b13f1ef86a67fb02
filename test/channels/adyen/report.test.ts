import { adyen } from '../../../src/channels/adyen/channel.ts';
import { account, answering, back, held, now, order, psp, replied, settings } from './adyen.ts';

const columns = 'Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Modification Merchant Reference,Batch Number'; // prettier-ignore
const sale = (reference: string, credit: string, currency = 'KWD') =>
  `Company,"Shop, the ""Best""",${psp},${reference},visa,2026-11-29 21:00:00,CET,Settled,,${currency},,${credit},,17`;
const refunded = (reference: string, debit: string) =>
  `Company,Shop,${psp},${order.reference},visa,2026-11-29 21:00:00,CET,Refunded,MOD1,KWD,${debit},,${reference},17`;
const file = (...lines: string[]) => replied(200, [columns, ...lines, ''].join('\r\n'));
const name = 'settlement_detail_report_batch_17.csv';
const out = { names: [name], is_complete: true };
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
    is_over: true,
  });
});

test('what it lacks never happened, once it is out so late; before that it may come yet', async () => {
  expect(await query({}, file())).toEqual({ kind: 'not_found' });
  expect((await query({ is_complete: false }, file())).kind).toBe('unknown');
});

test('it is looked for in every report that came out since', async () => {
  const names = ['settlement_detail_report_batch_16.csv', name];
  expect(await query({ names }, file(), file(sale(order.reference, '1.999')))).toMatchObject({ kind: 'approved' }); // prettier-ignore
  expect((await query({ names: ['../secrets.csv'] }, file())).kind).toBe('not_found'); // none that we read
});

test.each([
  ['away', { kind: 'lost', detail: 'TimeoutError' }],
  ['refused', replied(403, '')],
  ['not there yet', replied(404, '')],
  ['a page', replied(200, '<html>log in</html>')],
  ['without a column', replied(200, columns.replace('Merchant Reference', 'Reference'))],
  ['cut off', replied(200, `${columns}\n${sale(order.reference, '1.999').slice(0, 60)}`)],
  ['empty', replied(200, '')],
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
  expect((await ask({ is_complete: false })).kind).toBe('unknown');
});

test('of a zone that its name does not tell, the time is when we read it', async () => {
  const elsewhere = sale(order.reference, '1.999').replace('CET', 'AST');
  expect(await query({}, file(elsewhere))).toMatchObject({ receipt: { paid_at: now.toISOString() } }); // prettier-ignore
  expect(account.report_api_key).not.toBe(account.api_key);
});
