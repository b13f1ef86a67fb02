import { crc32, inflateRawSync } from 'node:zlib';

import { later, sandboxNow } from '../later.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const dayMs = 86_400_000;
/** The day in Beijing, so many days ago. */
const day = (ago: number) => new Date(sandboxNow() + 8 * 3_600_000 - ago * dayMs).toISOString().slice(0, 10); // prettier-ignore

const billOf = (bill_date: string, bill_type = 'trade') =>
  shop.call('alipay.data.dataservice.bill.downloadurl.query', { bill_date, bill_type });

async function twoDaysLater(): Promise<void> {
  await later(shop.sandbox, 2 * dayMs);
}

/** The files of a zip archive by name, both read as GBK. */
function unzipped(archive: Buffer): Record<string, string> {
  const decoder = new TextDecoder('gbk', { fatal: true });
  const files: Record<string, string> = {};
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50;) {
    const [crc, packed, size] = [14, 18, 22].map((place) => archive.readUInt32LE(at + place));
    const name = archive.subarray(at + 30, at + 30 + archive.readUInt16LE(at + 26));
    const from = at + 30 + name.length;
    const content = inflateRawSync(archive.subarray(from, from + packed!));
    expect([content.length, crc32(content)]).toEqual([size, crc]);
    files[decoder.decode(name)] = decoder.decode(content);
    at = from + packed!;
  }
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  expect(archive.readUInt32LE(archive.readUInt32LE(end + 16))).toBe(0x02014b50);
  return files;
}

describe('a bill', () => {
  test('has the payments and refunds of its day, in GBK, and says what they add up to', async () => {
    const reference = await shop.paid({ subject: '两张票, 今晚 🎫' });
    const refund = shop.refundOf(reference, '5.00');
    await shop.refund(refund);
    const other = await shop.paid({ total_amount: '100.00' });
    await shop.scanned();
    const { trade_no } = await shop.query(reference);
    await twoDaysLater();
    const { bill_download_url } = await billOf(day(2));
    expect(bill_download_url).toMatch(new RegExp(`^${shop.sandbox.alipay}/`));
    const response = await fetch(bill_download_url);
    const files = unzipped(Buffer.from(await response.arrayBuffer()));
    const stem = `${shop.keys.seller_id}0156_${day(2).replaceAll('-', '')}`;
    expect(Object.keys(files)).toEqual([`${stem}_业务明细.csv`, `${stem}_业务明细(汇总).csv`]);
    const lines = files[`${stem}_业务明细.csv`]!.split('\r\n');
    const names = lines[4]!.split(',');
    const rows = lines.filter((line) => /^\d/.test(line)).map((line) => line.split(','));
    expect([names.length, ...rows.map((cells) => cells.length)]).toEqual([25, 25, 25, 25]);
    const cell = (row: number, name: string) => rows[row]![names.indexOf(name)]!.trim();
    const shown = ['支付宝交易号', '商户订单号', '业务类型', '商品名称', '订单金额（元）', '服务费（元）', '退款批次号/请求号']; // prettier-ignore
    expect([0, 1, 2].map((row) => shown.map((name) => cell(row, name)))).toEqual([
      [trade_no, reference, '交易', '两张票 今晚 ?', '19.99', '-0.12', ''],
      [trade_no, reference, '退款', '两张票 今晚 ?', '-5.00', '0.03', refund.out_request_no],
      [expect.any(String), other, '交易', 'Two tickets 两张票', '100.00', '-0.60', ''],
    ]);
    expect(cell(0, '完成时间')).toContain(day(2));
    expect(lines).toContain('#交易合计：2笔，商家实收共119.99元，商家优惠共0.00元');
    expect(files[`${stem}_业务明细(汇总).csv`]).toContain(
      '合计,,2,1,114.99,114.99,0.00,0.00,0.00,-0.69,0.00,114.30',
    );
  });

  test('is not there before nine in the morning of the next day, and empty days have none', async () => {
    await shop.paid();
    for (const soon of [day(0), day(-1)])
      expect(await billOf(soon)).toMatchObject({ code: '40004', sub_code: 'BILL_NOT_EXIST' });
    expect(await billOf(day(3))).toMatchObject({ code: '40004', sub_code: 'NO_BILL_DATA' });
  });

  test.each([
    ['yesterday', 'trade'],
    [day(2), 'fund'],
  ])('for %s of %s is refused', async (date, type) => {
    expect(await billOf(date, type)).toMatchObject({ sub_code: 'INVAILID_ARGUMENTS' });
  });

  test('is nobody’s without the link, or after its half minute', async () => {
    await shop.paid();
    await twoDaysLater();
    const { bill_download_url } = await billOf(day(2));
    const later = bill_download_url.replace(/until=\d/, 'until=9');
    for (const url of [later, `${shop.sandbox.alipay}/bill`])
      expect((await fetch(url)).status).toBe(403);
  });

  /** The cells of the lines of a bill of two days ago, as they are wanted. */
  const downloaded = async () => {
    const { bill_download_url } = await billOf(day(2));
    const archive = Buffer.from(await (await fetch(bill_download_url)).arrayBuffer());
    if (archive.length === 0) return null;
    const lines = Object.values(unzipped(archive))[0]!.split('\r\n');
    const names = lines[4]!.split(',');
    const shown = ['商户订单号', '业务类型', '订单金额（元）', '服务费（元）', '退款批次号/请求号'];
    return lines.filter((line) => /^\d/.test(line)).map((line) => {
      const cells = line.split(',');
      return shown.map((name) => cells[names.indexOf(name)]!.trim());
    }); // prettier-ignore
  };

  test('has the discrepancies that are planted in it, and the books stay true', async () => {
    const reference = await shop.paid();
    const refund = shop.refundOf(reference, '5.00');
    await shop.refund(refund);
    await twoDaysLater();
    const before = await shop.transaction(reference);
    const paid = [reference, '交易', '19.99', '-0.12', ''];
    const back = [reference, '退款', '-5.00', '0.03', refund.out_request_no];
    const nobodys = ['att_of_nobody_0000', '交易', '19.99', '-0.12', ''];
    for (const [fault, named, lines] of [
      ['missing_row', undefined, [back]],
      ['extra_row', undefined, [paid, back, nobodys]],
      ['amount_drift', refund.out_request_no, [paid, back.with(2, '-5.01')]],
      ['fee_drift', reference, [paid.with(3, '-0.11'), back]],
      ['next_day_row', undefined, [paid]],
      ['empty_file', undefined, null],
    ]) {
      await shop.fault('bill', fault, { count: 1, ...(named === undefined ? {} : { reference: named }) });
      expect([fault, await downloaded()]).toEqual([fault, lines]);
    }
    await shop.fault('bill', 'late_file', { count: 1 });
    expect(await billOf(day(2))).toMatchObject({ sub_code: 'BILL_NOT_EXIST' });
    expect(await downloaded()).toEqual([paid, back]);
    expect(await shop.transaction(reference)).toEqual(before);
  }); // prettier-ignore

  test('is struck by faults on bill', async () => {
    await shop.fault('bill', 'rate_limit', { count: 1 });
    expect(await billOf(day(3))).toMatchObject({ code: '40005' });
    expect(await billOf(day(3))).toMatchObject({ sub_code: 'NO_BILL_DATA' });
  });
});
