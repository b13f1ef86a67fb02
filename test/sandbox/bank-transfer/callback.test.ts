import { pause } from '../callback-receiver.ts';
import { freshNumber } from '../merchant.ts';
import { comesAllTheSame } from '../on-its-way.ts';
import { until } from '../shop.ts';
import { type BankShop, openBankShop } from './shop.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const types = () => shop.receiver.heard.map(({ said }) => said.type as string);
const resend = ({ number }: any, body: object = {}) =>
  shop.sandbox.call('POST', `/control/callbacks/bank-transfer/${number}/resend`, body);

describe('a callback', () => {
  test('says all that the bank knows, signed over its type and its bytes', async () => {
    const account = await shop.paid();
    const [{ headers, said, isGenuine, age_ms }] = (await shop.receiver.until(1)) as [any];
    expect(isGenuine).toBe(true);
    expect(age_ms).toBeLessThan(5_000);
    expect(headers['content-type']).toBe('application/json');
    expect(said).toEqual({
      id: expect.stringMatching(/^EV\w{1,33}$/),
      type: 'credit.booked',
      customer: shop.keys.customer,
      created_at: expect.stringMatching(/Z$/),
      virtual_account: account,
      return: null,
    });
  });

  test('comes for each credit, also a late one, with all before it', async () => {
    const account = await shop.open();
    await shop.pay(account, { amount: 400 });
    await shop.call('POST', `/v1/virtual-accounts/${account.number}/closure`, {
      customer: shop.keys.customer,
    });
    await shop.pay(account, { force: true });
    const heard = await shop.receiver.until(2);
    expect(types()).toEqual(['credit.booked', 'credit.booked']);
    expect(heard.map(({ said }) => said.virtual_account.credits.length)).toEqual([1, 2]);
    expect(heard.map(({ said }) => said.virtual_account.status)).toEqual(['open', 'closed']);
    expect(heard[1]!.said.virtual_account.credits.at(-1).amount).toBe('6.50');
  });

  test('comes when something decides, and not when an account is closed', async () => {
    const account = await shop.paid();
    const { number } = await shop.booked(account);
    await shop.act(account, { action: 'bounce_refund', refund: number });
    await shop.closed();
    await shop.receiver.until(3);
    await pause(300);
    expect(types()).toEqual(['credit.booked', 'return.booked', 'return.bounced']);
  });

  test('is repeated under its id, signed anew, until it is acknowledged, also after kill -9', async () => {
    shop.receiver.answer = 500;
    await shop.paid();
    await shop.receiver.until(2);
    await pause(1_100); // another second, another signature
    await shop.sandbox.stop('SIGKILL');
    await pause(300); // what it had on the wire has come
    shop.receiver.answer = 299;
    const before = shop.receiver.heard.length;
    shop.sandbox = await shop.sandbox.again();
    const all = await shop.receiver.until(before + 1);
    expect(new Set(all.map(({ body }) => body)).size).toBe(1);
    expect(all.every(({ isGenuine }) => isGenuine)).toBe(true);
    expect(all.at(-1)!.headers['signature']).not.toBe(all[0]!.headers['signature']);
    const count = shop.receiver.heard.length;
    await pause(1_500);
    expect(shop.receiver.heard).toHaveLength(count);
  });

  test('is tried twelve times, and never acknowledged is a violation', async () => {
    const quick = await openBankShop({ SANDBOX_CALLBACK_SCALE: '0' });
    quick.receiver.answer = 404;
    const { number } = await quick.paid();
    const violations = await until(quick.violations, (all) => all.length > 0);
    expect(violations).toMatchObject([
      { channel: 'bank-transfer', reference: number, rule: 'missing_ack' },
    ]);
    expect(quick.receiver.heard).toHaveLength(12);
    await quick.close();
  });

  test('is sent again when asked, to another account too', async () => {
    const account = await shop.paid();
    await shop.receiver.until(1);
    expect((await resend(account, { copies: 3, parallel: true })).body.statuses).toEqual([
      204, 204, 204,
    ]);
    await resend(account, { account: 'cha_other' });
    expect(shop.receiver.heard.at(-1)!.path).toBe('/v1/callbacks/bank-transfer/cha_other');
    expect(shop.receiver.heard.every(({ isGenuine }) => isGenuine)).toBe(true);
    expect(new Set(shop.receiver.heard.map(({ said }) => said.id)).size).toBe(1);
  });
});

describe('a callback that is spoilt', () => {
  const credits = (more: object) => [expect.objectContaining(more)];
  test.each([
    ['forge_signature', false, { amount: '10.50' }],
    ['wrong_key', false, { amount: '10.50' }],
    ['tamper_ciphertext', false, { amount: '910.50' }],
    ['stale_timestamp', true, { amount: '10.50' }],
    ['malformed', true, { status: null, credits: null }],
    ['wrong_amount', true, { amount: '10.49', credits: credits({ amount: '10.49' }) }],
    ['wrong_currency', true, { currency: 'USD', credits: credits({ currency: 'USD' }) }],
    ['other_order', true, { number: 'att_of_nobody_0000', amount: '10.50' }],
  ])('by %s is itself again on the next try, and the books stay true', async (fault, isGenuine, said) => {
    shop.receiver.answer = 400;
    await shop.fault('callback', fault, { count: 1 });
    const account = await shop.paid();
    const [first, again] = await shop.receiver.until(2);
    shop.receiver.answer = 204;
    expect(first!.isGenuine).toBe(isGenuine);
    expect(first!.said.virtual_account).toMatchObject(said);
    expect(first!.age_ms > 500_000).toBe(fault === 'stale_timestamp');
    expect(again!.isGenuine).toBe(true);
    expect(again!.said.virtual_account).toEqual(account);
    expect(await shop.transaction(account)).toMatchObject({ paid_count: 1, captured: 1_050 });
  }); // prettier-ignore

  test('says what was true of another order', async () => {
    const other = await shop.paid();
    await shop.receiver.until(1);
    const account = await shop.open();
    await shop.fault('callback', 'other_order', { count: 1 });
    await shop.pay(account);
    const heard = (await shop.receiver.until(2))[1]!;
    expect(heard.isGenuine).toBe(true);
    expect(heard.said.virtual_account).toEqual(other);
  });

  test.each([
    ['wrong_amount', { amount: '3.99' }],
    ['wrong_currency', { currency: 'USD' }],
    ['malformed', { status: null }],
    ['other_order', { number: 'ref_of_nobody_0000', virtual_account: 'att_of_nobody_0000' }],
  ])('by %s says it of a return, too', async (fault, said) => {
    const account = await shop.paid();
    const number = freshNumber('ref');
    await shop.fault('callback', fault, { count: 1, reference: number });
    await shop.order(shop.returnOf(account), number);
    expect((await shop.receiver.told('return.booked')).return).toMatchObject(said);
  });

  test.each([
    ['JPY', '10', 'KRW'],
    ['KWD', '10.500', 'BHD'],
  ])('by wrong_currency says %s in one with as many digits', async (currency, amount, other) => {
    await shop.fault('callback', 'wrong_currency', { count: 1 });
    await shop.paid({ currency, amount });
    const [{ said }] = (await shop.receiver.until(1)) as [any];
    expect(said.virtual_account).toMatchObject({ currency: other, amount });
  });
});

describe('a callback on its way', () => {
  comesAllTheSame({
    shop: () => shop,
    happens: () => shop.paid(),
    idOf: ({ said }) => said.id,
    nextTryMs: 95, // five seconds of the ladder
  });

  test('is overtaken and comes after the next one of its order', async () => {
    await shop.fault('callback', 'reorder', { count: 1, delay_ms: 15_000 });
    const account = await shop.open();
    await shop.pay(account, { amount: 100 });
    await shop.pay(account);
    const heard = await shop.receiver.until(2);
    expect(heard.map(({ said }) => said.virtual_account.credits.length)).toEqual([2, 1]);
  });
});
