import { inflateRawSync, inflateSync } from 'node:zlib';

import { later, sandboxNow } from '../later.ts';
import { openUnionpayShop, type UnionpayShop } from './shop.ts';
import { beijing, isGenuine, membersOf, signedBy } from './wire.ts';

let shop: UnionpayShop;
beforeAll(async () => {
  shop = await openUnionpayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const dayMs = 86_400_000;
/** The day in Beijing, so many days ago: `20261129`. */
const day = (ago = 0) => beijing(sandboxNow() - ago * dayMs).slice(0, 8);

async function billOf(settleDate: string, more = {}): Promise<Record<string, string>> {
  const members = signedBy(shop.keys.merchant_private_key, {
    version: '5.1.0', encoding: 'UTF-8', signMethod: '01', certId: shop.keys.cert_id, txnType: '76', txnSubType: '01',
    bizType: '000000', accessType: '0', merId: shop.keys.mer_id, settleDate: settleDate.slice(4), fileType: '00',
    txnTime: beijing(sandboxNow()), ...more,
  }); // prettier-ignore
  const body = new URLSearchParams(members);
  const told = membersOf(await (await fetch(`${shop.sandbox.unionpay}/`, { method: 'POST', body })).text());
  expect(isGenuine(told, shop.certificate)).toBe(true);
  return told;
} // prettier-ignore

/** The files in what was told, by name. */
function filesOf(fileContent: string): Record<string, string> {
  const archive = inflateSync(Buffer.from(fileContent, 'base64'));
  const files: Record<string, string> = {};
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50;) {
    const from = at + 30 + archive.readUInt16LE(at + 26);
    const to = from + archive.readUInt32LE(at + 18);
    files[archive.toString('latin1', at + 30, from)] = inflateRawSync(archive.subarray(from, to)).toString();
    at = to;
  }
  return files;
} // prettier-ignore

/** What the vendor's own kits cut a line by. */
const widths = [3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98]; // prettier-ignore

function cellsOf(line: string): string[] {
  let at = 0;
  return widths.map((width) => {
    const cell = line.slice(at, at + width);
    at += width + 1;
    return cell.trim();
  });
}

const rowsOf = async (of: string) => {
  const { respCode, fileContent } = await billOf(of);
  if (respCode !== '00') return [];
  const text = filesOf(fileContent!)[`INN${of.slice(2)}88ZM_${shop.keys.mer_id}`]!;
  return text.split('\r\n').slice(0, -1).map(cellsOf);
}; // prettier-ignore

describe('a bill', () => {
  test('has the payments and refunds of its day in columns of fixed widths', async () => {
    const { order, queryId } = await shop.paid();
    const refund = shop.refundOf(order, queryId, '500');
    const { queryId: refundId } = await shop.refund(refund);
    await shop.made(null);
    await later(shop.sandbox, 2 * dayMs);
    const { fileName, fileContent } = await billOf(day(2));
    expect(fileName).toBe(`${shop.keys.mer_id}_${day(2)}.zip`);
    expect(Object.keys(filesOf(fileContent!))).toEqual(
      ['ZM', 'ZME'].map((kind) => `INN${day(2).slice(2)}88${kind}_${shop.keys.mer_id}`),
    );
    const shown = (cells: string[]) => [1, 7, 10, 12, 16, 17, 20, 27, 28, 33].map((at) => cells[at - 1]); // prettier-ignore
    expect((await rowsOf(day(2))).map(shown)).toEqual([
      ['S22', '000000001999', queryId, order['orderId'], 'D000000000012', 'C000000001999', '01', '', shop.keys.mer_id, 'C000000001987'],
      ['S30', '000000000500', refundId, refund['orderId'], 'C000000000003', 'D000000000500', '04', queryId, shop.keys.mer_id, 'D000000000497'],
    ]); // prettier-ignore
  });

  test('is there at ten in the morning of the next day, and of an empty day there is none', async () => {
    await shop.paid();
    expect(await billOf(day())).toMatchObject({ respCode: '98', respMsg: '文件不存在' });
    await later(shop.sandbox, 2 * dayMs);
    expect((await billOf(day(2)))['respCode']).toBe('00');
    expect((await billOf(day(1)))['respCode']).toBe('98');
  });

  test.each([
    [{ settleDate: '1340' }, '10', 'settleDate'],
    [{ fileType: '07' }, '10', 'fileType'],
    [{ merId: '777290058110097' }, '31', ''],
    [{ txnTime: '' }, '13', 'txnTime'],
    [{ txnTime: '20200101000000' }, '10', 'txnTime'],
  ])('with %j is refused with %s', async (more, respCode, why) => {
    const told = await billOf(day(1), more);
    expect(told).toMatchObject({ respCode, respMsg: expect.stringContaining(why) });
  });

  test.each([
    ['missing_row', [], []],
    ['extra_row', [['mine', '000000001999', 'D000000000012'], ['attofnobody0000', '000000001999', 'D000000000012']], []],
    ['amount_drift', [['mine', '000000001998', 'D000000000012']], []],
    ['fee_drift', [['mine', '000000001999', 'D000000000013']], []],
    ['next_day_row', [], [['mine', '000000001999', 'D000000000012']]],
    ['late_file', [], []],
  ])('with %s is spoilt, and the books stay true', async (fault, first, second) => {
    const { order } = await shop.paid();
    await later(shop.sandbox, 3 * dayMs);
    await shop.fault('bill', fault);
    const shown = async (of: string) =>
      (await rowsOf(of)).map((cells) => [cells[11] === order['orderId'] ? 'mine' : cells[11], cells[6], cells[15]]);
    expect([await shown(day(3)), await shown(day(2))]).toEqual([first, second]);
    expect(await shop.transaction(order)).toMatchObject({ captured: 1_999 });
  }); // prettier-ignore
});
