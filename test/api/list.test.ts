import { randomUUID } from 'node:crypto';

import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let stranger: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  stranger = anotherMerchant(stack);
});
afterAll(() => stack.remove());

/** A paid payment. */
async function paid(given: object = {}): Promise<any> {
  const { body } = await merchant.create(given);
  await merchant.payer(body, 'pay');
  return merchant.until(body.id, (payment) => payment.status === 'succeeded');
}

describe('a list', () => {
  const ids = async (query: string, by = merchant) =>
    (await by.call('GET', `/v1/payments?${query}`)).body.data.map((one: any) => one.id);

  test('pages through every payment once, newest first, while new ones are made', async () => {
    const order = `list-${randomUUID()}`;
    const made: string[] = [];
    for (let number = 0; number < 5; number += 1) {
      const { body } = await merchant.create({ method: undefined, metadata: { order } });
      made.unshift(body.id);
    }
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 200; pages += 1) {
      const page = (await merchant.call('GET', `/v1/payments?limit=2${cursor}`)).body;
      expect(page).toMatchObject({ object: 'list' });
      seen.push(...page.data.map((one: any) => one.id));
      if (pages === 0) await merchant.create({ method: undefined });
      if (!page.has_more) break;
      cursor = `&starting_after=${page.data.at(-1).id}`;
    }
    expect(seen.slice(0, 5)).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
    expect(await ids(`limit=2&ending_before=${made[3]}`)).toEqual(made.slice(1, 3));
  });

  test('is narrowed by each filter', async () => {
    const { id, order_no, created_at } = await paid();
    const filters = [
      `order_no=${order_no}`, 'status=succeeded', 'method=wechat_pay_qr', 'channel=wechat-pay', `created_after=${created_at}`,
      `created_before=${created_at}`, 'amount_min=1999', 'amount_max=1999',
    ]; // prettier-ignore
    for (const filter of filters) expect(await ids(`${filter}&limit=100`)).toContain(id);
    const others = ['order_no=none', 'status=failed', 'method=card', 'channel=stripe', 'created_after=2999-01-01T00:00:00Z', 'created_before=2000-01-01T00:00:00Z', 'amount_max=1998', 'customer=cus_1']; // prettier-ignore
    for (const filter of others) expect(await ids(`amount_min=1&${filter}`)).not.toContain(id);
    expect(await ids(`order_no=${order_no}`, stranger)).toEqual([]);
  });

  test('refuses what it cannot understand', async () => {
    const wrong = ['limit=0', 'limit=101', 'limit=ten', 'starting_after=pay_unknown', 'starting_after=a&ending_before=b', 'status=paid', 'created_after=yesterday']; // prettier-ignore
    for (const query of wrong)
      expect(await merchant.call('GET', `/v1/payments?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid_field' } }); // prettier-ignore
    expect((await merchant.call('GET', '/v1/payments?color=red')).body.code).toBe('unknown_field');
    const { id } = await paid();
    expect((await stranger.call('GET', `/v1/payments?starting_after=${id}`)).body.code).toBe('invalid_field'); // prettier-ignore
  });
});

describe('a filter', () => {
  test.each([
    ['/v1/payments?status=paid', '?status'],
    ['/v1/payments?method=cash', '?method'],
    ['/v1/payments?channel=wechat', '?channel'],
    ['/v1/payments?created_after=yesterday', '?created_after'],
    ['/v1/payments?created_before=2026-02-30T00:00:00Z', '?created_before'],
    ['/v1/payments?amount_min=-1', '?amount_min'],
    ['/v1/payments?amount_max=1e3', '?amount_max'],
    ['/v1/refunds?status=paid', '?status'],
    ['/v1/cases?status=closed', '?status'],
    ['/v1/events?type=payment.eaten', '?type'],
    ['/v1/events?type=payment.*', '?type'],
  ])('that nothing can ever meet is refused: %s', async (path, pointer) => {
    const { status, body } = await merchant.call('GET', path);
    expect({ status, code: body.code, pointer: body.errors?.[0].pointer }).toEqual({ status: 400, code: 'invalid_field', pointer }); // prettier-ignore
  });

  test.each(['channel=paypal', 'method=balance', 'status=in_review', 'customer=cus_1'])(
    'that nothing meets yet is an empty list: %s',
    async (query) => {
      const { status, body } = await merchant.call('GET', `/v1/payments?${query}`);
      expect({ status, data: body.data }).toEqual({ status: 200, data: [] });
    },
  );

  test('by an event’s type takes every type of the contract', async () => {
    for (const type of ['payment.late_receipt', 'refund.needs_attention', 'dispute.opened', 'payout.paid', 'settlement.closed', 'case.opened'])
      expect((await merchant.call('GET', `/v1/events?type=${type}`)).status).toBe(200);
  }); // prettier-ignore

  test('takes times of any year and zone, and counts what was made at that instant', async () => {
    const { id, created_at } = await paid();
    const find = async (query: string) => {
      const { status, body } = await merchant.call('GET', `/v1/payments?limit=100&${query}`);
      return { status, found: body.data?.some((one: any) => one.id === id) };
    };
    const elsewhere = new Date(Date.parse(created_at) + 20 * 3_600_000).toISOString();
    const eastern = `${elsewhere.slice(0, -1)}%2B20:00`; // the same instant, in no zone that PostgreSQL knows
    for (const at of [created_at, eastern]) {
      expect(await find(`created_after=${at}`)).toEqual({ status: 200, found: true });
      expect(await find(`created_before=${at}`)).toEqual({ status: 200, found: true });
    }
    expect(await find('created_after=0000-01-01T00:00:00Z')).toEqual({ status: 200, found: true });
    expect(await find('created_before=0000-01-01T00:00:00Z')).toEqual({ status: 200, found: false }); // prettier-ignore
    expect(await find('created_before=9999-12-31T23:59:59-23:00')).toEqual({ status: 200, found: true }); // prettier-ignore
  });
});
