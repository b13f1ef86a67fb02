import { later } from '../later.ts';
import { type BankShop, inSeconds, openBankShop } from './shop.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const day = (daysAgo = 0) => inSeconds(-daysAgo * 86_400).slice(0, 10);
const statement = (of: string) => shop.call('GET', `/v1/statements/${of}`);
const header =
  'entry_id,booked_at,direction,code,amount,currency,virtual_account,credit,return,remittance';

/** Without the balances, which stand first and last. */
const entriesOf = (text: string) =>
  text
    .split('\n')
    .slice(1, -1)
    .filter((line) => !/,(?:OPBD|CLBD|ITBD),/.test(line));

describe('a statement', () => {
  test('has every entry of the day, oldest first', async () => {
    const account = await shop.open();
    await shop.pay(account, { amount: 400 });
    await shop.pay(account, { amount: 2_000, currency: 'JPY', reason: 'rent, "March"\nby hand' });
    const { credits } = await shop.query(account.number);
    const returned = await shop.booked({ ...account, credits });
    await shop.act(account, { action: 'bounce_refund', refund: returned.number });
    const { bounced_at } = (await shop.call('GET', `/v1/returns/${returned.number}`)).body;
    const { status, headers, text, isGenuine } = await statement(day());
    expect(status).toBe(200);
    expect(isGenuine).toBe(true);
    expect(headers.get('content-type')).toBe('text/csv');
    expect(headers.get('statement-status')).toBe('interim');
    const [first, second] = credits;
    const { number, creditor_reference } = account;
    const asked = /,([^,]+),CRDT,ITBD/.exec(text)![1];
    expect(text).toBe(
      [
        header,
        `,${day()}T00:00:00Z,CRDT,OPBD,0.00,EUR,,,,`,
        `,${day()}T00:00:00Z,CRDT,OPBD,0,JPY,,,,`,
        `${first.id},${first.booked_at},CRDT,RCDT,4.00,EUR,${number},${first.id},,${creditor_reference}`,
        `${second.id},${second.booked_at},CRDT,RCDT,2000,JPY,${number},${second.id},,"rent, ""March""\nby hand"`,
        `${returned.id},${returned.booked_at},DBIT,RRTN,4.00,EUR,${number},${first.id},${returned.number},`,
        `${returned.id}-B,${bounced_at},CRDT,RJCT,4.00,EUR,${number},${first.id},${returned.number},`,
        `,${asked},CRDT,ITBD,4.00,EUR,,,,`,
        `,${asked},CRDT,ITBD,2000,JPY,,,,`,
        '',
      ].join('\n'),
    );
  });

  test('of a day that is over is final, and may have nothing but its header', async () => {
    await shop.paid();
    const { text, headers } = await statement(day(1));
    expect(text).toBe(`${header}\n`);
    expect(headers.get('statement-status')).toBe('final');
  });

  test.each([
    [day(-1), 404, 'STATEMENT_UNKNOWN'],
    ['2026-02-30', 400, 'MALFORMED'],
    ['today', 400, 'MALFORMED'],
  ])('of %s: %i %s', async (of, status, code) => {
    expect(await statement(of)).toMatchObject({ status, isGenuine: true, body: { code } });
  });

  test.each([
    ['rate_limit', 429],
    ['http_500_after_commit', 500],
  ])('is struck by %s', async (fault, status) => {
    await shop.fault('bill', fault, { count: 1 });
    expect((await statement(day())).status).toBe(status);
    expect((await statement(day())).status).toBe(200);
  });

  test('begins with what the day before has left', async () => {
    const account = await shop.paid();
    await later(shop.sandbox, 86_400_000);
    await shop.booked({ ...account, ...(await shop.query(account.number)) });
    await later(shop.sandbox, 86_400_000);
    const balances = async (of: string) =>
      (await statement(of)).text.match(/(?:CRDT|DBIT),(?:OPBD|CLBD),[\d.]+/g);
    expect(await balances(day())).toEqual(['CRDT,OPBD,0.00', 'CRDT,CLBD,10.50']);
    expect(await balances(day(-1))).toEqual(['CRDT,OPBD,10.50', 'CRDT,CLBD,6.50']);
  });

  const lines = async () => entriesOf((await statement(day())).text);

  test('has the discrepancies that are planted in it, and the books stay true', async () => {
    const account = await shop.paid();
    await shop.pay(account, { amount: 100 });
    const before = await shop.transaction(account);
    const [first, second] = (await lines()) as [string, string];
    for (const [fault, has] of [
      ['missing_row', [second]],
      ['extra_row', [first, second, expect.stringContaining(',CRDT,RCDT,10.50,EUR,att_of_nobody_0000,CR0NB0DY,,')]],
      ['amount_drift', [first.replace('10.50', '10.49'), second]],
      ['next_day_row', [first]],
      ['empty_file', []],
    ] as const) {
      await shop.fault('bill', fault, { count: 1 });
      expect([fault, await lines()]).toEqual([fault, has]);
    }
    expect(await lines()).toEqual([first, second]);
    expect(await shop.transaction(account)).toEqual(before);
  }); // prettier-ignore

  test('leaves the last line of a day to the next', async () => {
    const account = await shop.paid();
    await shop.pay(account, { amount: 100 });
    const [first, second] = (await lines()) as [string, string];
    await later(shop.sandbox, 86_400_000);
    await shop.fault('bill', 'next_day_row');
    const { text, headers } = await statement(day());
    expect(headers.get('statement-status')).toBe('final');
    expect(entriesOf(text)).toEqual([first]);
    expect(entriesOf((await statement(day(-1))).text)).toEqual([second]);
  });

  test('is late: the day is over, and it is not final', async () => {
    await shop.fault('bill', 'late_file', { count: 1 });
    expect((await statement(day(1))).headers.get('statement-status')).toBe('interim');
    expect((await statement(day(1))).headers.get('statement-status')).toBe('final');
  });

  test('is torn off in the middle', async () => {
    await shop.fault('bill', 'reset_mid_body', { count: 1 });
    await expect(statement(day())).rejects.toThrow();
  });
});
