import { deflateSync } from 'node:zlib';

import type { HttpReply } from '../../../src/channels/exchange.ts';
import { parseAccount } from '../../../src/channels/unionpay/account.ts';
import { unionpay } from '../../../src/channels/unionpay/channel.ts';
import { zip } from '../../../src/sandbox/zip.ts';
import { answeringAs } from '../answering.ts';
import {
  answering,
  back,
  order,
  paid,
  readRequest,
  replied,
  returned,
  settings,
  stranger,
} from './unionpay.ts';

const day = '2025-11-24';
/** By the vendor's kits (docs/channels/unionpay.md 7). */
const widths = [3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98]; // prettier-ignore
const lineOf = (cells: Record<number, string>, kit = widths) =>
  kit.map((width, at) => (cells[at + 1] ?? '').padEnd(width)).join(' ');
const payment = {
  1: 'S22', 5: '1124170711', 7: '000000001999', 10: paid.queryId, 12: paid.orderId, 16: 'D000000000012',
  17: 'C000000001999', 20: '01', 28: settings.mer_id, 33: 'C000000001987',
}; // prettier-ignore
const refund = {
  ...payment, 1: 'S30', 7: '000000000500', 10: returned.queryId, 12: returned.orderId, 16: 'C000000000003',
  17: 'D000000000500', 20: '04', 33: 'D000000000497',
}; // prettier-ignore

const told = (text: string, given: object = {}, more: object = {}) => {
  const name = Buffer.from(`INN25112488ZM_${settings.mer_id}`);
  const packed = zip([{ name, content: Buffer.from(text), ...given }]);
  const fileContent = deflateSync(packed).toString('base64');
  const file = { fileName: `${settings.mer_id}_20251124.zip`, fileContent, ...more };
  return { respCode: '00', merId: settings.mer_id, txnType: '76', ...file };
};
const asFile = (reply: HttpReply) =>
  reply.kind === 'reply' ? { ...reply, body: '', file: Buffer.from(reply.body) } : reply;
const ask = (members: Record<string, string>, key?: string) => {
  const call = answering(asFile(replied(members, key)));
  return { call, told: unionpay.bill!(call, { day, flow: 'trade' }) };
};
const billOf = (rows: readonly Record<number, string>[]) =>
  ask(told(rows.map((row) => `${lineOf(row)}\r\n`).join(''))).told;

test('a bill tells payments and refunds by our numbers, in fen, with the fee', async () => {
  const fen = (amount: number, direction: string) => ({ amount, currency: 'CNY', direction });
  const at = '2025-11-24T09:07:11.000Z';
  expect(await billOf([payment, refund])).toEqual({
    kind: 'bill',
    rows: [
      { kind: 'payment', reference: order.reference, channel_reference: paid.queryId, ...fen(1_999, 'in'), fee: fen(12, 'out'), at },
      { kind: 'refund', reference: back.reference, channel_reference: returned.queryId, ...fen(500, 'out'), fee: fen(3, 'in'), at },
    ],
  });
}); // prettier-ignore

test('a reversal, and what we do not read, are told as that', async () => {
  const answer: any = await billOf([
    { ...refund, 20: '31' },
    { ...refund, 20: '99' },
  ]);
  expect(answer.rows).toMatchObject([{ kind: 'reversal' }, { kind: 'other' }]);
});

test.each([
  ['2026-01-01', '1231235959', '2025-12-31T15:59:59.000Z'], // New Year's Eve
  ['2026-01-01', '0101000000', '2025-12-31T16:00:00.000Z'],
  ['2025-12-24', '1224170711', '2025-12-24T09:07:11.000Z'],
  ['2026-01-15', '0115170711', '2026-01-15T09:07:11.000Z'],
])('on the bill of %s a row of %s is of %s', async (of, time, at) => {
  const date = of.replaceAll('-', '');
  const name = Buffer.from(`INN${date.slice(2)}88ZM_${settings.mer_id}`);
  const fileName = `${settings.mer_id}_${date}.zip`;
  const bill = told(`${lineOf({ ...payment, 5: time })}\r\n`, { name }, { fileName });
  const call = answering(asFile(replied(bill)));
  expect(await unionpay.bill!(call, { day: of, flow: 'trade' })).toMatchObject({ rows: [{ at }] });
});

test('it is asked for where UnionPay has its files, signed, by the day of settlement', async () => {
  const asked = ask(told(''));
  await asked.told;
  const [request] = asked.call.requests;
  expect(request).toMatchObject({ url: 'https://filedownload.test.95516.com/', is_file: true });
  expect(readRequest(request!)).toMatchObject({
    isSigned: true,
    members: { txnType: '76', txnSubType: '01', bizType: '000000', fileType: '00', settleDate: '1124' },
  });
}); // prettier-ignore

test('a host that is none of UnionPay’s has its files too', async () => {
  const account = parseAccount({ ...settings, base_url: 'http://127.0.0.1:8097' });
  const call = answeringAs(account, new Date())(asFile(replied(told(''))));
  await unionpay.bill!(call, { day, flow: 'trade' });
  expect(call.requests[0]!.url).toBe('http://127.0.0.1:8097/');
});

test('the columns behind the net, of which kits know more or fewer, are not read', async () => {
  const line = lineOf(payment, [...widths.slice(0, 40), 131]);
  const bill: any = await ask(told(`${line}\n`)).told;
  expect(bill.rows).toHaveLength(1);
});

test('a bill of a new year tells of the last evening of the old one', async () => {
  const day = '2026-01-01';
  const line = lineOf({ ...payment, 5: '1231233000' });
  const name = Buffer.from(`INN26010188ZM_${settings.mer_id}`);
  const members = told(`${line}\r\n`, { name }, { fileName: `${settings.mer_id}_20260101.zip` });
  const call = answering(asFile(replied(members)));
  expect(await unionpay.bill!(call, { day, flow: 'trade' })).toMatchObject({
    rows: [{ at: '2025-12-31T15:30:00.000Z' }],
  });
});

const cut = lineOf(payment).slice(0, 300);
test.each([
  ['of somebody else', told(`${lineOf({ ...payment, 28: '777290058110098' })}\r\n`)],
  ['with a row that does not add up', told(`${lineOf({ ...payment, 33: 'C000000001999' })}\r\n`)],
  ['with a row of two amounts', told(`${lineOf({ ...payment, 7: '000000001998' })}\r\n`)],
  ['of another day', told(`${lineOf({ ...payment, 5: '1122170711' })}\r\n`)],
  ['that is cut off within a row', told(`${lineOf(payment)}\r\n${cut}`)],
  ['with a name of another day', told('', {}, { fileName: `${settings.mer_id}_20251123.zip` })],
  ['without the file', told('', { name: Buffer.from('another') })],
  ['that is no base64', told('', {}, { fileContent: 'x' })],
  ['that is no archive', told('', {}, { fileContent: deflateSync('PK').toString('base64') })],
  ['that is empty', told('', {}, { fileName: '', fileContent: '' })],
])('a bill %s is not believed', async (_what, members) => {
  expect(await ask(members).told).toEqual({ kind: 'unknown', detail: expect.any(String) });
});

test('a bill that UnionPay did not sign is not believed', async () => {
  const forged = ask(told(`${lineOf(payment)}\r\n`), stranger.privateKey);
  expect((await forged.told).kind).toBe('unknown');
});

test('what is not there is not made yet until ten in the morning after, and then there is none', async () => {
  const at = async (now: string) => {
    const call = answeringAs(parseAccount(settings), new Date(now))(asFile(replied({ respCode: '98' }))); // prettier-ignore
    return (await unionpay.bill!(call, { day, flow: 'trade' })).kind;
  };
  expect(await at('2025-11-25T01:59:59Z')).toBe('not_ready');
  expect(await at('2025-11-25T02:00:00Z')).toBe('no_bill');
  expect((await ask(told('')).told).kind).toBe('no_bill');
  expect((await ask({ respCode: '31' }).told).kind).toBe('refused');
  expect((await ask({ respCode: '04' }).told).kind).toBe('unknown');
});

test('an answer of many megabytes is read', async () => {
  const members = { respCode: '31', fileContent: 'A'.repeat(12_000_000) };
  expect((await ask(members).told).kind).toBe('refused');
});
