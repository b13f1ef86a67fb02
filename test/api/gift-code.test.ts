import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { giftCode, newGiftCode } from '../../src/api/gift-code-answer.ts';
import { walletEntry } from '../../src/api/wallet-answer.ts';
import { FaultPoints } from '../support/fault-point.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, Merchant } from '../support/merchant.ts';
import { Customer } from '../support/wallet.ts';

let stack: Launched;
let merchant: Merchant;
let points: FaultPoints;

beforeAll(async () => {
  points = new FaultPoints();
  stack = await launch(points.env);
  merchant = new Merchant(stack.ready);
});
afterAll(async () => {
  await stack.remove();
  points.remove();
});

const make = (given: object = {}, key: string = randomUUID()) =>
  merchant.call('POST', '/v1/gift_codes', { amount: 700, currency: 'USD', ...given }, { 'Idempotency-Key': key }); // prettier-ignore
const made = async (given: object = {}) => (await make(given)).body.data[0];
const read = async (id: string) => (await merchant.call('GET', `/v1/gift_codes/${id}`)).body;
const cancel = (id: string) => merchant.call('POST', `/v1/gift_codes/${id}/cancel`);
const redeem = ({ id }: Customer, code: string, key: string = randomUUID()) =>
  merchant.call('POST', `/v1/customers/${id}/redemptions`, { code }, { 'Idempotency-Key': key });
const refused = (code: string) => ({ status: 422, body: { code } });

describe('gift codes', () => {
  test('are made so many at once, and shown once', async () => {
    const key = randomUUID();
    const { status, body } = await make({ count: 3, description: 'Spring' }, key);
    expect([status, body.has_more]).toEqual([201, false]);
    const codes = body.data.map((one: unknown) => newGiftCode.parse(one));
    expect(new Set(codes.map(({ code }: any) => code)).size).toBe(3);
    for (const { code, last4, ...rest } of codes) {
      expect(code).toMatch(new RegExp(`-${last4}$`));
      expect(rest).toMatchObject({ amount: 700, currency: 'USD', status: 'active', description: 'Spring', expires_at: null, redeemed_by: null }); // prettier-ignore
      expect(await read(rest.id)).toEqual({ ...rest, last4 });
    }
    const again = await make({ count: 3, description: 'Spring' }, key);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body.data).toEqual(codes.map(({ code: _, ...rest }: any) => rest));
    expect((await make({ count: 2 }, key)).body.code).toBe('idempotency_key_reused');
  });

  test('are listed, newest first', async () => {
    const { data } = (await make({ count: 2 })).body;
    const { body } = await merchant.call('GET', '/v1/gift_codes?limit=2');
    expect(body.data.map((one: unknown) => giftCode.parse(one).id)).toEqual(data.map(({ id }: any) => id).toReversed()); // prettier-ignore
  });

  test.each([
    [{ amount: 0 }, 422, 'amount_too_small'],
    [{ currency: 'XXQ' }, 422, 'currency_not_supported'],
    [{ count: 0 }, 400, 'invalid_field'],
    [{ count: 101 }, 400, 'invalid_field'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 400, 'invalid_field'],
    [{ expires_at: '9999-12-31T23:59:59-23:00' }, 400, 'invalid_field'],
  ])('of %j are refused', async (given, status, code) => {
    expect(await make(given)).toMatchObject({ status, body: { code } });
  });

  test('that nobody has redeemed can be canceled', async () => {
    const [{ id, code }, used] = (await make({ count: 2 })).body.data;
    for (const _ of [1, 2]) expect(await cancel(id)).toMatchObject({ status: 200, body: { status: 'canceled' } }); // prettier-ignore
    const customer = await Customer.of(merchant);
    expect(await redeem(customer, code)).toMatchObject(refused('gift_code_canceled'));
    await redeem(customer, used.code);
    expect(await cancel(used.id)).toMatchObject({ status: 409, body: { code: 'gift_code_not_cancelable' } }); // prettier-ignore
  });

  test('are nobody’s but the merchant’s', async () => {
    const { id, code } = await made();
    const stranger = anotherMerchant(stack);
    expect((await stranger.call('GET', `/v1/gift_codes/${id}`)).status).toBe(404);
    expect((await stranger.call('POST', `/v1/gift_codes/${id}/cancel`)).status).toBe(404);
    const customer = await Customer.of(stranger);
    const path = `/v1/customers/${customer.id}/redemptions`;
    expect(await stranger.call('POST', path, { code }, { 'Idempotency-Key': randomUUID() })).toMatchObject(refused('gift_code_unknown')); // prettier-ignore
    expect((await redeem(customer, code)).status).toBe(404);
    expect(await read(id)).toMatchObject({ status: 'active' });
  });
});

describe('a customer with a gift code', () => {
  test('has its money in his wallet, made if need be, and pays with it', async () => {
    const customer = await Customer.of(merchant);
    const { id, code } = await made({
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    });
    const { status, body } = await redeem(customer, code.toLowerCase().replaceAll('-', ' '));
    const wallet = await customer.wallet();
    expect([status, giftCode.parse(body)]).toMatchObject([201, { id, status: 'redeemed', redeemed_by: wallet.id }]); // prettier-ignore
    expect(wallet).toMatchObject({ currency: 'USD', balance: 700, available: 700 });
    const [entry] = await customer.statement();
    expect(walletEntry.parse(entry)).toMatchObject({ type: 'gift_code', direction: 'credit', amount: 700, balance_after: 700, payment_id: null, gift_code_id: id }); // prettier-ignore
    expect((await customer.pay({ amount: 600 })).body.status).toBe('succeeded');
    expect(await customer.wallet()).toMatchObject({ balance: 100 });
  });

  test('redeems it once', async () => {
    const [customer, other] = [await Customer.of(merchant), await Customer.of(merchant)];
    const { code } = await made();
    const key = randomUUID();
    const first = await redeem(customer, code, key);
    const again = await redeem(customer, code, key);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    for (const one of [customer, other]) expect(await redeem(one, code)).toMatchObject(refused('gift_code_used')); // prettier-ignore
    expect(await customer.wallet()).toMatchObject({ balance: 700 });
  });

  test('does not get its money paid out: no top-up brought it', async () => {
    const customer = await Customer.with(merchant, 1_000);
    await redeem(customer, (await made()).code);
    expect(await customer.withdraw(1_001)).toMatchObject(refused('withdrawal_exceeds_top_ups'));
    expect((await customer.withdraw(1_000)).status).toBe(201);
  });

  test('is not looked at for a while after five that nobody knows', async () => {
    const customer = await Customer.of(merchant);
    const { code } = await made();
    for (const typed of ['x', '0000-0000-0000-0000', 'é', code.slice(1), 'ZZZZ'])
      expect(await redeem(customer, typed)).toMatchObject(refused('gift_code_unknown'));
    const locked = await redeem(customer, code);
    expect(locked).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(700);
  });
});

test.each(['api.commit.before', 'api.commit.after', 'api.post.redemptions.before'])(
  'a process that is killed at %s has a code redeemed once, by the same key',
  async (place) => {
    const customer = await Customer.of(merchant);
    const { id, code } = await made();
    points.arm(place);
    const key = randomUUID();
    const ask = () => redeem(customer, code, key).catch(() => null);
    let answer = await ask();
    for (const deadline = Date.now() + 60_000; answer?.status !== 201 && Date.now() < deadline; answer = await ask())
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answer).toMatchObject({ status: 201, body: { id, status: 'redeemed' } });
    expect(await customer.wallet()).toMatchObject({ balance: 700 });
    expect(await customer.statement()).toHaveLength(1);
  },
); // prettier-ignore

test('at the end the ledger balances, and each wallet is what its account says', () => {
  const args = ['--import', 'tsx', 'src/stack/ledger-verify.ts', '--json'];
  const { stdout } = spawnSync(process.execPath, args, { env: stack.env, encoding: 'utf8' });
  expect(JSON.parse(stdout).balanced).toBe(true);
});
