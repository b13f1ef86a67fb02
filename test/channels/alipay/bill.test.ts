import { alipay } from '../../../src/channels/alipay/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { gbk } from '../../../src/sandbox/alipay/gbk.ts';
import { zip } from '../../../src/sandbox/zip.ts';
import { answering, done, refusedBy, replied, settings } from './alipay.ts';

const day = '2026-11-24';
const method = 'alipay.data.dataservice.bill.downloadurl.query';
const address = 'https://dwbillcenter.alipay.com/downloadBillFile.resource?token=abc';
const linkTo = (bill_download_url: string | undefined = address) =>
  replied(method, { ...done, bill_download_url });
const sent = (file: Buffer, status = 200): HttpReply => ({ kind: 'reply', status, headers: {}, body: '', file }); // prettier-ignore

const columns =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const line = (type: string, amount: string, fee: string, request = '', subject = '两张票') =>
  `20261124\t,att_1\t,${type}    ,${subject},${day} 16:00:00,${day} 17:07:11,,,,,*买家(159****5620),${amount},${amount},0.00,0.00,0.00,0.00,0.00,,0.00,0.00,${request}\t,${fee},0.00,`;
const paid = line('交易', '19.99', '-0.12');
const back = line('退款', '-5.00', '0.03', 'ref_1');

const title = [`#账号：[${settings.seller_id}0156]`, '#起始日期：[2026年11月24日 00:00:00]   终止日期：[2026年11月25日 00:00:00]']; // prettier-ignore
const ends = ['#----业务明细列表结束----', '#交易合计：1笔，商家实收共19.99元，商家优惠共0.00元', '#退款合计：1笔，商家实收退款共-5.00元，商家优惠退款共0.00元']; // prettier-ignore
const details = [...title, '#----业务明细列表----', columns, paid, back, ...ends];
const summary = [...title, '#----业务汇总列表----', '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,服务费（元）', '合计,,1,1,14.99,-0.09', '#----业务汇总列表结束----']; // prettier-ignore

const entry = (name: string, lines: readonly string[]) => ({ name: gbk(`${settings.seller_id}0156_20261124_${name}.csv`), content: gbk(`${lines.join('\r\n')}\r\n`) }); // prettier-ignore
const archive = (lines: readonly string[] = details, total: readonly string[] = summary) =>
  zip([entry('业务明细', lines), entry('业务明细(汇总)', total)]);
const ask = (call: ReturnType<typeof answering>) => alipay.bill!(call, { day, flow: 'trade' });
const read = (file: Buffer) => ask(answering(linkTo(), sent(file)));
const unknown = { kind: 'unknown', detail: expect.any(String) };

test('a bill’s rows are told in fen, with their fee, and the time in UTC', async () => {
  const call = answering(linkTo(), sent(archive()));
  const fen = (amount: number, direction: string) => ({ amount, currency: 'CNY', direction });
  const at = '2026-11-24T09:07:11.000Z';
  expect(await ask(call)).toEqual({
    kind: 'bill',
    rows: [
      { kind: 'payment', reference: 'att_1', channel_reference: '20261124', ...fen(1_999, 'in'), fee: fen(12, 'out'), at },
      { kind: 'refund', reference: 'ref_1', channel_reference: '20261124', ...fen(500, 'out'), fee: fen(3, 'in'), at },
    ],
  });
  expect(call.requests[1]).toMatchObject({ method: 'GET', url: address, is_file: true });
}); // prettier-ignore

test('a product whose name holds commas moves no other cell', async () => {
  const lines = details.with(4, line('交易', '19.99', '-0.12', '', 'a,9.99,退款'));
  const answer: any = await read(archive(lines));
  expect(answer.rows[0]).toMatchObject({ kind: 'payment', amount: 1_999, fee: { amount: 12 } });
});

test.each([
  ['of somebody else', details.with(0, '#账号：[20880000000000990156]'), summary],
  [
    'of another day',
    details.with(1, '#起始日期：[2026年11月23日 00:00:00]   终止日期：[2026年11月24日 00:00:00]'),
    summary,
  ],
  ['without a row', details.filter((one) => one !== back), summary],
  ['cut off', details.slice(0, 6), summary],
  ['with a cell less', details.with(5, back.slice(0, -1)), summary],
  ['whose payments are fewer', details.with(7, ends[1]!.replace('1笔', '2笔')), summary],
  ['whose payments are more', details.with(7, ends[1]!.replace('19.99', '20.00')), summary],
  ['whose refunds are fewer', details.with(8, ends[2]!.replace('1笔', '2笔')), summary],
  ['whose refunds are more', details.with(8, ends[2]!.replace('-5.00', '-5.01')), summary],
  ['whose summary is another', details, summary.with(4, '合计,,1,1,14.98,-0.09')],
  ['whose fees are more', details, summary.with(4, '合计,,1,1,14.99,-0.10')],
  ['whose summary is cut off', details, summary.slice(0, 4)],
])('a bill %s is not believed', async (_, lines, total) => {
  expect(await read(archive(lines, total))).toEqual(unknown);
});

const whole = archive();
const bomb = zip([{ name: gbk('x_业务明细.csv'), content: Buffer.alloc(129 * 1024 * 1024) }]);
const changed = Buffer.from(whole);
changed[200] = changed[200]! ^ 1;
test.each([
  ['nothing', Buffer.alloc(0)],
  ['no archive', Buffer.from('<html>The link has expired.</html>')],
  ['half of one', whole.subarray(0, whole.length / 2)],
  ['one whose end is lost', whole.subarray(0, -1)],
  ['one with a changed byte', changed],
  ['one without the summary', zip([entry('业务明细', details)])],
  ['one that is not in GBK', zip([{ name: gbk('x_业务明细.csv'), content: Buffer.from([0xff, 0xff]) }])],
  ['one that unpacks to more than any bill', bomb],
] as const)('a file that is %s is not believed', async (_, file) => {
  expect(await read(file)).toEqual(unknown);
}); // prettier-ignore

test.each([
  ['BILL_NOT_EXIST', 'not_ready'],
  ['isp.bill_not_exist', 'not_ready'],
  ['NO_BILL_DATA', 'no_bill'],
  ['INVAILID_ARGUMENTS', 'refused'],
  ['ACQ.SYSTEM_ERROR', 'unknown'],
])('%s is %s', async (code, kind) => {
  expect((await ask(answering(replied(method, refusedBy(code))))).kind).toBe(kind);
});

test.each([['https://evil.example/f'], ['https://alipay.com.evil.example/f'], ['file:///etc/passwd'], ['']])(
  'a link to %j is not followed',
  async (url) => {
    const call = answering(linkTo(url), sent(whole));
    expect(await ask(call)).toEqual(unknown);
    expect(call.requests).toHaveLength(1);
  },
); // prettier-ignore

test.each([
  [{ kind: 'lost', detail: 'TimeoutError' }],
  [{ kind: 'never_sent', detail: 'ECONNREFUSED' }],
  [sent(Buffer.from('<p>The link has expired.</p>'), 403)],
  [sent(whole, 403)],
  [{ kind: 'reply', status: 200, headers: {}, body: '' }],
] as const)('a download that ends as %j is unknown', async (end) => {
  expect(await ask(answering(linkTo(), end))).toEqual(unknown);
});
