import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { later, sandboxNow } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { openShop, type Shop } from '../shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const dayMs = 86_400_000;
/** The day in Shanghai, so many days ago. */
const day = (ago: number) => new Date(sandboxNow() + 8 * 3_600_000 - ago * dayMs).toISOString().slice(0, 10); // prettier-ignore

const linkOf = (kind: 'tradebill' | 'fundflowbill', bill_date: string, more: object = {}) =>
  shop.merchant.get(`/v3/bill/${kind}`, { params: { bill_date, ...more } });

async function downloaded(link: any): Promise<Buffer> {
  const { pathname, search, origin } = new URL(link.download_url as string);
  expect(origin).toBe(shop.sandbox.channel);
  const answer = await shop.merchant.get(pathname + search, { responseType: 'arraybuffer' });
  expect(answer.status).toBe(200);
  return Buffer.from(answer.body as Buffer);
}

/** A bill's lines and its summary, by the names of their columns. */
function read(text: string) {
  const lines = text.replace(/^\ufeff/, '').split('\r\n');
  const cells = (line: string) => line.slice(1).split(',`');
  const objects = (header: string, rows: string[]) =>
    rows.map((row) => {
      const names = header.split(',');
      expect(cells(row)).toHaveLength(names.length);
      return Object.fromEntries(names.map((name, index) => [name, cells(row)[index]!]));
    });
  expect(lines.at(-1)).toBe('');
  const rows = objects(lines[0]!, lines.slice(1, -3));
  return { header: lines[0], rows, summary: objects(lines.at(-3)!, [lines.at(-2)!])[0]! };
}

async function billOf(kind: 'tradebill' | 'fundflowbill', more: object = {}) {
  const { body } = await linkOf(kind, day(2), more);
  return read((await downloaded(body)).toString());
}

/** Two days ago: one paid and refunded in part, one by the payer's code and reversed, one unpaid. */
async function twoDaysAgo() {
  const paid = await shop.ordered({ description: 'Tickets, two `"', attach: 'table 7' });
  await shop.pay(paid);
  const refund = shop.merchant.refundOf(paid, 500);
  await shop.merchant.refund(refund);
  await shop.receiver.until(2);
  const { notify_url: _none, ...order } = shop.merchant.order(freshNumber(), 10_000);
  await shop.merchant.createBy('codepay', {
    ...order, payer: { auth_code: '130061568038456600' }, scene_info: { store_info: { out_id: '7' } },
  }); // prettier-ignore
  const { appid, mchid } = shop.keys;
  const coded = order.out_trade_no;
  await shop.merchant.post(`/v3/pay/transactions/out-trade-no/${coded}/reverse`, { appid, mchid });
  await shop.ordered();
  await later(shop.sandbox, 2 * dayMs);
  return { paid, coded, refund: refund.out_refund_no };
}

describe('a trade bill', () => {
  test('has the payments and refunds of its day, and says what they add up to', async () => {
    const { paid, coded, refund } = await twoDaysAgo();
    const { header, rows, summary } = await billOf('tradebill');
    expect(header).toBe(
      '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注',
    );
    const { transaction_id } = (await shop.merchant.query(paid)).body;
    expect(rows).toHaveLength(4);
    expect(rows[0]).toEqual({
      交易时间: expect.stringMatching(new RegExp(`^${day(2)} \\d\\d:\\d\\d:\\d\\d$`)),
      公众账号ID: shop.keys.appid, 商户号: shop.keys.mchid, 特约商户号: '0', 设备号: '', 微信订单号: transaction_id,
      商户订单号: paid, 用户标识: 'oSandboxPayer0001', 交易类型: 'NATIVE', 交易状态: 'SUCCESS', 付款银行: 'OTHERS',
      货币种类: 'CNY', 应结订单金额: '19.99', 代金券金额: '0.00', 微信退款单号: '0', 商户退款单号: '0', 退款金额: '0.00',
      充值券退款金额: '0.00', 退款类型: '', 退款状态: '', 商品名称: 'Tickets, two `"', 商户数据包: 'table 7',
      手续费: '0.12000', 费率: '0.60%', 订单金额: '19.99', 申请退款金额: '0.00', 费率备注: '',
    }); // prettier-ignore
    const shown = ['商户订单号', '交易类型', '交易状态', '应结订单金额', '商户退款单号', '退款金额', '退款状态', '手续费']; // prettier-ignore
    expect(rows.slice(1).map((row) => shown.map((name) => row[name]))).toEqual([
      [paid, 'NATIVE', 'REFUND', '0.00', refund, '5.00', 'SUCCESS', '-0.03000'],
      [coded, 'MICROPAY', 'SUCCESS', '100.00', '0', '0.00', '', '0.60000'],
      [coded, 'MICROPAY', 'REVOKED', '0.00', expect.any(String), '100.00', 'SUCCESS', '-0.60000'],
    ]);
    expect(summary).toEqual({
      总交易单数: '4', 应结订单总金额: '119.99', 退款总金额: '105.00', 充值券退款总金额: '0.00',
      手续费总金额: '0.09000', 订单总金额: '119.99', 申请退款总金额: '105.00',
    }); // prettier-ignore
  });

  test('of payments or refunds alone has their columns alone', async () => {
    const { paid, refund } = await twoDaysAgo();
    const payments = await billOf('tradebill', { bill_type: 'SUCCESS' });
    expect(payments.rows).toHaveLength(2);
    expect(payments.rows[0]).not.toHaveProperty('商户退款单号');
    const refunds = await billOf('tradebill', { bill_type: 'REFUND' });
    expect(refunds.rows).toHaveLength(2);
    expect(refunds.rows[0]).toMatchObject({
      商户订单号: paid,
      商户退款单号: refund,
      退款成功时间: expect.stringMatching(/^\d{4}-/),
    });
  });

  test('shows what could not be refunded as that', async () => {
    const reference = await shop.paidOrder();
    await shop.fault('refund', 'refund_bounce', { count: 1 });
    await shop.merchant.refund(shop.merchant.refundOf(reference, 500));
    await shop.receiver.until(2);
    await later(shop.sandbox, 2 * dayMs);
    const { rows } = await billOf('tradebill', { bill_type: 'REFUND' });
    expect(rows).toMatchObject([{ 退款状态: 'CHANGE', 退款金额: '5.00', 退款成功时间: '' }]);
  });

  test('hashes to what the link says, packed or not', async () => {
    await twoDaysAgo();
    const plain = await linkOf('tradebill', day(2));
    const packed = await linkOf('tradebill', day(2), { tar_type: 'GZIP' });
    const text = await downloaded(plain.body);
    const archive = await downloaded(packed.body);
    expect(gunzipSync(archive)).toEqual(text);
    for (const { body } of [plain, packed]) {
      expect(body.hash_type).toBe('SHA1');
      expect(body.hash_value).toBe(createHash('sha1').update(text).digest('hex'));
    }
  });
});

describe('what is planted in a bill', () => {
  const names = ['商户订单号', '商户退款单号', '应结订单金额', '退款金额', '手续费'];
  /** Armed after the days are over: a shop that is told of one fault sees it on every bill until it is deleted. */
  const planted = async (fault: string, more: object = {}, at = day(2)) => {
    await shop.fault('bill', fault, more);
    const { body } = await linkOf('tradebill', at);
    const rows = read((await downloaded(body)).toString()).rows;
    return rows.map((row) => names.map((name) => row[name]));
  };
  const paidRow = (paid: string) => [paid, '0', '19.99', '0.00', '0.12000'];

  test.each(['missing_row', 'extra_row', 'amount_drift', 'fee_drift'])('%s strikes one line, and the books stay true', async (fault) => {
    const { paid } = await twoDaysAgo();
    const before = await shop.transaction(paid);
    const [first, ...rest] = await planted(fault, { count: 1 });
    expect([first, rest.length]).toEqual({
      missing_row: [expect.arrayContaining(['0.00', '5.00', '-0.03000']), 2],
      extra_row: [paidRow(paid), 4],
      amount_drift: [[paid, '0', '19.98', '0.00', '0.12000'], 3],
      fee_drift: [[paid, '0', '19.99', '0.00', '0.13000'], 3],
    }[fault]);
    if (fault === 'extra_row') expect(rest.at(-1)).toEqual(paidRow('att_of_nobody_0000'));
    expect(await shop.transaction(paid)).toEqual(before);
    expect((await billOf('tradebill')).rows).toHaveLength(4);
  }); // prettier-ignore

  test('strikes the line of the order or refund that it names, and only a bill that has it', async () => {
    const { coded, refund } = await twoDaysAgo();
    await shop.fault('bill', 'missing_row', { count: 1, reference: 'att_of_nobody' });
    expect((await planted('amount_drift', { reference: refund }))[1]).toEqual(
      expect.arrayContaining([refund, '4.99']),
    );
    expect((await planted('missing_row', { reference: coded })).map(([order]) => order)).toEqual([
      expect.any(String), expect.any(String), coded,
    ]); // prettier-ignore
  });

  test('leaves the last line, or the one that is named, to the bill of the next day', async () => {
    const { paid, coded } = await twoDaysAgo();
    const today = await shop.paidOrder(); // two days later
    await later(shop.sandbox, 2 * dayMs);
    const [first, next] = [day(4), day(3)];
    expect(await planted('next_day_row', {}, first)).toHaveLength(3);
    expect(await planted('next_day_row', {}, next)).toEqual([
      [coded, expect.any(String), '0.00', '100.00', '-0.60000'],
    ]);
    await shop.sandbox.call('DELETE', '/control/faults');
    expect(await planted('next_day_row', { reference: paid }, next)).toHaveLength(2);
    expect((await billOf('tradebill')).rows).toMatchObject([{ 商户订单号: today }]);
  });

  test('makes it late, empty, or not what it hashes to', async () => {
    await twoDaysAgo();
    await shop.fault('bill', 'late_file', { count: 1 });
    expect((await linkOf('tradebill', day(2))).body.code).toBe('STATEMENT_CREATING');
    await shop.fault('bill', 'empty_file', { count: 1 });
    const empty = (await linkOf('tradebill', day(2))).body;
    expect(await downloaded(empty)).toHaveLength(0);
    expect(empty.hash_value).toBe(createHash('sha1').update('').digest('hex'));
    await shop.fault('bill', 'bad_hash', { count: 1 });
    const { body } = await linkOf('tradebill', day(2));
    const text = await downloaded(body);
    expect(body.hash_value).not.toBe(createHash('sha1').update(text).digest('hex'));
    expect(read(text.toString()).rows).toHaveLength(4);
  });

  test('strikes the fund bill, too, whose balances follow', async () => {
    const { paid } = await twoDaysAgo();
    await shop.fault('bill', 'amount_drift', { count: 1, reference: paid });
    const { rows } = await billOf('fundflowbill');
    expect(rows[0]).toMatchObject({ '收支金额（元）': '19.98', '账户结余（元）': '19.98' });
    expect(rows[5]).toMatchObject({ '账户结余（元）': '14.89' });
  });

  test('waits for a bill that has a line', async () => {
    await shop.fault('bill', 'missing_row', { count: 1 });
    expect((await linkOf('tradebill', day(3))).body.code).toBe('NO_STATEMENT_EXIST');
    await twoDaysAgo();
    expect((await billOf('tradebill')).rows).toHaveLength(3);
  });
});

describe('a fund bill', () => {
  test('has what came and went, with the balance after each', async () => {
    const { paid, coded, refund } = await twoDaysAgo();
    const { header, rows, summary } = await billOf('fundflowbill');
    expect(header).toBe(
      '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号',
    );
    const shown = ['业务凭证号', '业务类型', '收支类型', '收支金额（元）', '账户结余（元）'];
    expect(rows.map((row) => shown.map((name) => row[name]))).toEqual([
      [paid, '交易', '收入', '19.99', '19.99'],
      [paid, '扣除交易手续费', '支出', '0.12', '19.87'],
      [refund, '退款', '支出', '4.97', '14.90'],
      [coded, '交易', '收入', '100.00', '114.90'],
      [coded, '扣除交易手续费', '支出', '0.60', '114.30'],
      [expect.any(String), '退款', '支出', '99.40', '14.90'],
    ]);
    expect(rows[2]).toMatchObject({ 备注: '退款总金额5.00元;含手续费0.03元' });
    expect(new Set(rows.map((row) => row['资金流水单号'])).size).toBe(6);
    expect(summary).toEqual({
      资金流水总笔数: '6.0', 收入笔数: '2.0', 收入金额: '119.99', 支出笔数: '4.0', 支出金额: '105.09',
    }); // prettier-ignore
  });

  test('is of the basic account; in the others nothing moves', async () => {
    await twoDaysAgo();
    for (const account_type of ['OPERATION', 'FEES'])
      expect((await linkOf('fundflowbill', day(2), { account_type })).body.code).toBe(
        'NO_STATEMENT_EXIST',
      );
  });
});

describe.each(['tradebill', 'fundflowbill'] as const)('a %s', (kind) => {
  test('is ready at ten in the morning after; empty days have none', async () => {
    await shop.paidOrder();
    for (const soon of [day(0), day(-1), day(3)])
      expect((await linkOf(kind, soon)).body.code).toBe('NO_STATEMENT_EXIST');
    await later(shop.sandbox, dayMs);
    const hour = new Date(sandboxNow() + 8 * 3_600_000).getUTCHours();
    const early = hour < 9 ? 'NO_STATEMENT_EXIST' : 'STATEMENT_CREATING';
    const answer = await linkOf(kind, day(1));
    expect(answer.body.code).toBe(hour < 10 ? early : undefined);
  });

  test.each([
    ['yesterday', {}],
    ['2026-02-30', {}],
    [day(100), {}],
    [day(2), { tar_type: 'ZIP' }],
    [day(2), { bill_type: 'RECHARGE', account_type: 'MINE' }],
  ])('for %s with %j is a PARAM_ERROR', async (date, more) => {
    expect(await linkOf(kind, date, more)).toMatchObject({
      status: 400,
      body: { code: 'PARAM_ERROR' },
    });
  });

  test('is had with the merchant’s signature and its own link alone, for five minutes', async () => {
    await twoDaysAgo();
    const { download_url } = (await linkOf(kind, day(2))).body;
    expect((await fetch(download_url as string)).status).toBe(401);
    const { pathname, search } = new URL(download_url as string);
    const claim = Buffer.from(search.slice('?token='.length).split('.')[0]!, 'base64url');
    const longer = Buffer.from(claim.toString().replace('"until":1', '"until":2'));
    const forged = search.replace(claim.toString('base64url'), longer.toString('base64url'));
    expect(forged).not.toBe(search);
    for (const wrong of [forged, '?token=x', ''])
      expect((await shop.merchant.get(pathname + wrong)).body.code).toBe('PARAM_ERROR');
  });

  test('is struck by faults on bill', async () => {
    await shop.fault('bill', 'rate_limit', { count: 1 });
    expect((await linkOf(kind, day(3))).status).toBe(429);
    expect((await linkOf(kind, day(3))).body.code).toBe('NO_STATEMENT_EXIST');
  });
});
