import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import type { HttpReply } from '../../../src/channels/exchange.ts';
import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { answering, now, refusedWith, replied, settings } from './wechat.ts';

const day = '2026-11-24';
const payment = {
  交易时间: `${day} 17:07:11`, 公众账号ID: settings.appid, 商户号: settings.mchid, 特约商户号: '0', 设备号: '',
  微信订单号: '4200000925202611240000000001', 商户订单号: 'att_01kaw0000000000000000000001', 用户标识: 'oPayer', 交易类型: 'NATIVE',
  交易状态: 'SUCCESS', 付款银行: 'OTHERS', 货币种类: 'CNY', 应结订单金额: '19.99', 代金券金额: '0.00', 微信退款单号: '0',
  商户退款单号: '0', 退款金额: '0.00', 充值券退款金额: '0.00', 退款类型: '', 退款状态: '', 商品名称: 'Two tickets', 商户数据包: '',
  手续费: '0.12000', 费率: '0.60%', 订单金额: '19.99', 申请退款金额: '0.00', 费率备注: '',
}; // prettier-ignore
type Row = typeof payment;
const refund: Row = {
  ...payment, 交易状态: 'REFUND', 应结订单金额: '0.00', 微信退款单号: '5000000000000000000000000001', 订单金额: '0.00',
  商户退款单号: 'ref_01kaw0000000000000000000001', 退款金额: '5.00', 退款类型: 'ORIGINAL', 退款状态: 'SUCCESS',
  手续费: '-0.03000', 申请退款金额: '5.00',
}; // prettier-ignore
const sums = { 总交易单数: '2', 应结订单总金额: '19.99', 退款总金额: '5.00', 充值券退款总金额: '0.00', 手续费总金额: '0.09000', 订单总金额: '19.99', 申请退款总金额: '5.00' }; // prettier-ignore
const line = (row: object) =>
  Object.values(row)
    .map((cell) => `\`${cell}`)
    .join(',');
const text = (rows: readonly Row[], summary: Record<string, string> = sums) =>
  `\ufeff${[Object.keys(payment).join(','), ...rows.map(line), Object.keys(summary).join(','), line(summary), ''].join('\r\n')}`;

const sha1 = (file: string) => createHash('sha1').update(file).digest('hex');
const address = 'https://api.mch.weixin.qq.com/v3/billdownload/file?token=abc';
const linkTo = (file: string, given: object = {}) =>
  replied(200, { hash_type: 'SHA1', hash_value: sha1(file), download_url: address, ...given });
const sent = (file: Buffer, status = 200): HttpReply => ({ kind: 'reply', status, headers: {}, body: '', file }); // prettier-ignore

const ask = (call: ReturnType<typeof answering>, given: object = {}) =>
  wechatPay.bill!(call, { day, flow: 'trade', ...given });
const billOf = (rows: readonly Row[], summary?: Record<string, string>) => {
  const file = text(rows, summary);
  return ask(answering(linkTo(file), sent(gzipSync(file))));
};

test('a trade bill is asked for in both of its calls as WeChat wants it, and is a file', async () => {
  const file = text([payment, refund]);
  const call = answering(linkTo(file), sent(gzipSync(file)));
  await ask(call);
  expect(call.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `GET https://api.mch.weixin.qq.com/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`,
    `GET ${address}`,
  ]);
  expect(call.requests.map(({ is_file }) => is_file)).toEqual([undefined, true]);
  expect(call.requests[1]!.headers['Authorization']).toMatch(/^WECHATPAY2-SHA256-RSA2048 /);
});

test('its rows are told in fen, with their fee, and the time in UTC', async () => {
  const fen = (amount: number, direction: string) => ({ amount, currency: 'CNY', direction });
  expect(await billOf([payment, refund])).toEqual({
    kind: 'bill',
    rows: [
      { kind: 'payment', reference: payment.商户订单号, channel_reference: payment.微信订单号, ...fen(1_999, 'in'), fee: fen(12, 'out'), at: '2026-11-24T09:07:11.000Z' },
      { kind: 'refund', reference: refund.商户退款单号, channel_reference: refund.微信退款单号, ...fen(500, 'out'), fee: fen(3, 'in'), at: '2026-11-24T09:07:11.000Z' },
    ],
  });
}); // prettier-ignore

test.each(['FAIL', 'CHANGE'])('a refund that ended as %s moved nothing', async (status) => {
  const answer: any = await billOf([payment, { ...refund, 退款状态: status }]);
  expect(answer.rows[1]).toMatchObject({ kind: 'other', reference: refund.商户退款单号 });
});

test('a reversed order is told by the order’s number', async () => {
  const answer: any = await billOf([payment, { ...refund, 交易状态: 'REVOKED' }]);
  expect(answer.rows[1]).toMatchObject({ kind: 'reversal', reference: payment.商户订单号, direction: 'out' }); // prettier-ignore
});

test('a product whose name looks like cells, or has half of a currency’s digits, changes nothing', async () => {
  const answer: any = await billOf([{ ...payment, 商品名称: 'a,`b,`SUCCESS, `9.99' }, refund]);
  expect(answer.rows[0]).toMatchObject({ kind: 'payment', amount: 1_999, fee: { amount: 12 } });
});

test('a fee in parts of a fen is not rounded, and adds up all the same', async () => {
  const row = { ...payment, 手续费: '0.11994' };
  const answer: any = await billOf([row, refund], { ...sums, 手续费总金额: '0.08994' });
  expect(answer.rows[0].fee).toBeNull();
});

const nobody = { kind: 'unknown', detail: expect.any(String) };
test.each(Object.keys(sums))('a bill that does not add up to its %s is not believed', async (name) => {
  expect(await billOf([payment, refund], { ...sums, [name]: '3' })).toEqual(nobody);
}); // prettier-ignore

test.each([
  ['a row less', [payment], sums],
  ['somebody else’s', [payment, { ...refund, 商户号: '1900000001' }], sums],
  ['of another day', [payment, { ...refund, 交易时间: '2026-11-21 17:07:11' }], sums],
  ['of the day after', [payment, { ...refund, 交易时间: '2026-11-25 00:00:00' }], sums],
  ['without a time', [payment, { ...refund, 交易时间: '' }], sums],
] as const)('a bill is not believed that is %s', async (_, rows, summary) => {
  expect(await billOf(rows, summary)).toEqual(nobody);
});

test('a row of the day before, which came too late for its own bill, is one of this bill', async () => {
  const late = { ...refund, 交易时间: '2026-11-23 23:59:59' };
  expect(await billOf([payment, late])).toMatchObject({ kind: 'bill' });
});

const whole = text([payment, refund]);
test.each([
  ['has another hash', `${whole} `, gzipSync(whole)], // and is a bill in all else
  ['is not packed', whole, Buffer.from(whole)],
  ['is cut off while it is packed', whole, gzipSync(whole).subarray(0, 200)],
  ['is empty', '', gzipSync('')],
  ['is nothing', '', Buffer.alloc(0)],
  ['ends in the middle', whole.slice(0, 600), gzipSync(whole.slice(0, 600))],
  ['unpacks to more than any bill', whole, gzipSync(Buffer.alloc(129 * 1024 * 1024))],
])('a file that %s is not believed', async (_, hashed, file) => {
  expect(await ask(answering(linkTo(hashed), sent(file)))).toEqual(nobody);
});

test.each([
  ['another hash', { hash_type: 'MD5' }],
  ['no address', { download_url: undefined }],
  ['a strange address', { download_url: 'https://evil.example/file' }],
  ['an address like WeChat’s', { download_url: 'https://api.mch.weixin.qq.com.evil.example/f' }],
])('a link with %s is not followed', async (_, given) => {
  const call = answering(linkTo(whole, given), sent(gzipSync(whole)));
  expect(await ask(call)).toEqual(nobody);
  expect(call.requests).toHaveLength(1);
});

test('a link that is not WeChat’s own word is not followed', async () => {
  const forged = { ...linkTo(whole), headers: {} } as HttpReply;
  expect(await ask(answering(forged))).toEqual(nobody);
});

test.each([
  ['STATEMENT_CREATING', day, 'not_ready'],
  ['NO_STATEMENT_EXIST', day, 'no_bill'],
  ['NO_STATEMENT_EXIST', '2026-11-25', 'not_ready'], // now it is ten in the morning of this day
  ['NOSTATEMENTEXIST', day, 'no_bill'],
  ['PARAM_ERROR', day, 'refused'],
  ['NO_AUTH', day, 'refused'],
  ['FREQUENCY_LIMITED', day, 'never_sent'],
  ['SYSTEM_ERROR', day, 'unknown'],
])('%s for %s is %s', async (code, of, kind) => {
  expect(now.toISOString()).toBe('2026-11-25T02:00:00.000Z');
  expect((await ask(answering(refusedWith(400, code)), { day: of })).kind).toBe(kind);
});

test.each([
  [{ kind: 'lost', detail: 'TimeoutError' }],
  [{ kind: 'never_sent', detail: 'ECONNREFUSED' }],
  [sent(Buffer.from('{}'), 400)],
] as const)('a download that ends as %j is unknown', async (end) => {
  expect(await ask(answering(linkTo(whole), end))).toEqual(nobody);
});

test('a bill of twenty thousand rows is read whole', async () => {
  const many = Array.from({ length: 20_000 }, () => payment);
  const total = { ...sums, 总交易单数: '20000', 应结订单总金额: '399800.00', 退款总金额: '0.00', 手续费总金额: '2400.00000', 订单总金额: '399800.00', 申请退款总金额: '0.00' }; // prettier-ignore
  const answer: any = await billOf(many, total);
  expect([answer.kind, answer.rows?.length]).toEqual(['bill', 20_000]);
});

/** The sample on WeChat's page of the fund bill, with as many rows as it counts. */
const funds = (amount: string, counted: readonly string[]) =>
  [
    `记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,${amount},账户结余（元）,资金变更提交申请人,备注,业务凭证号`,
    `\`${day} 04:21:23,\`4200000068202611240000000001,\`190000923120261124,\`交易,\`交易,\`收入,\`0.35,\`0.37,\`system,\`,\`att_01kaw0000000000000000000001`,
    `\`${day} 05:21:23,\`5000030574202611240000000001,\`190000923120261125,\`退款,\`退款,\`支出,\`0.02,\`0.35,\`system,\`缺货,\`ref_01kaw0000000000000000000001`,
    '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额',
    counted.map((cell) => `\`${cell}`).join(','),
  ].join('\n\n');

const fundsOf = (amount: string, counted: readonly string[]) => {
  const file = funds(amount, counted);
  return ask(answering(linkTo(file), sent(gzipSync(file))), { flow: 'fund' });
};

test.each([
  ['with a point, under wide brackets', '收支金额（元）', ['2.0', '1.0', '0.35', '1.0', '0.02']],
  ['without, under narrow ones', '收支金额(元)', ['2', '1', '0.35', '1', '0.02']],
])('a fund bill counts %s', async (_, amount, counted) => {
  const answer: any = await fundsOf(amount, counted);
  expect(answer.rows).toMatchObject([
    { kind: 'payment', amount: 35, direction: 'in' },
    { kind: 'refund', amount: 2, direction: 'out' },
  ]);
});

test.each([
  ['in all', ['3.0', '1.0', '0.35', '1.0', '0.02']],
  ['of what came', ['2.0', '1.5', '0.35', '1.0', '0.02']],
  ['of what left', ['2.0', '1.0', '0.35', '', '0.02']],
])('a fund bill that counts other rows %s is not believed', async (_, counted) => {
  expect(await fundsOf('收支金额（元）', counted)).toEqual(nobody);
});
