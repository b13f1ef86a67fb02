import { pause } from '../callback-receiver.ts';
import { freshNumber } from '../merchant.ts';
import { type BankShop, openBankShop, returns } from './shop.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const get = async (number: string) => (await shop.call('GET', `${returns}/${number}`)).body;
const bounce = (account: any, refund: string, more: object = {}) =>
  shop.act(account, { action: 'bounce_refund', refund, ...more });

describe('a return', () => {
  test('is pending, is booked, and is told', async () => {
    const account = await shop.paid();
    const asked = shop.returnOf(account);
    const number = freshNumber('ref');
    const { status, body } = await shop.order(asked, number);
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'return',
      number,
      id: expect.stringMatching(/^RT\w{1,33}$/),
      ...asked,
      status: 'pending',
      reason_code: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      booked_at: null,
      bounced_at: null,
    });
    const told = await shop.receiver.told('return.booked');
    const booked = { ...body, status: 'booked', booked_at: expect.stringMatching(/Z$/) };
    expect(told).toMatchObject({ virtual_account: null, return: booked });
    expect(await get(number)).toEqual(told.return);
    expect(await shop.transaction(account)).toMatchObject({
      state: 'paid',
      captured: 1_050,
      refunded: 400,
      refunds: [{ reference: number, amount: 400, state: 'succeeded' }],
    });
  });

  test('ordered again is the same, as it stands now, and nothing is sent twice', async () => {
    const account = await shop.paid();
    const asked = shop.returnOf(account);
    const { number } = (await shop.order(asked)).body;
    await shop.receiver.told('return.booked');
    expect(await shop.order(asked, number)).toMatchObject({
      status: 200,
      body: { status: 'booked' },
    });
    expect((await shop.transaction(account)).refunds).toHaveLength(1);
  });

  test.each([[{ amount: '4.01' }], [{ reason: '' }], [{ notify_url: 'https://x.example/' }]])(
    'ordered again with %j is a conflict',
    async (more) => {
      const account = await shop.paid();
      const { number } = (await shop.order(shop.returnOf(account))).body;
      expect(await shop.order(shop.returnOf(account, more), number)).toMatchObject({
        status: 409,
        body: { code: 'NUMBER_CONFLICT' },
      });
      expect((await get(number)).amount).toBe('4.00');
    },
  );

  test('has a number space of its own', async () => {
    const account = await shop.paid();
    const { status } = await shop.order(shop.returnOf(account), account.number);
    expect(status).toBe(201);
    expect((await get(account.number)).object).toBe('return');
    expect((await shop.query(account.number)).object).toBe('virtual_account');
  });

  test('is not found under the bank’s own number, nor one that nobody ordered', async () => {
    const account = await shop.paid();
    const { id } = (await shop.order(shop.returnOf(account))).body;
    for (const number of [id, 'ref_nobody'])
      expect(await shop.call('GET', `${returns}/${number}`)).toMatchObject({
        status: 404,
        body: { code: 'RETURN_UNKNOWN' },
      });
  });

  test('of a closed account is taken', async () => {
    const account = await shop.closed();
    await shop.pay(account, { force: true });
    const credited = await shop.query(account.number);
    expect((await shop.order(shop.returnOf(credited, { amount: '10.50' }))).status).toBe(201);
  });
});

describe('what may go back', () => {
  test('is what came, however it is divided', async () => {
    const account = await shop.open();
    await shop.pay(account, { amount: 400, currency: 'EUR' });
    await shop.pay(account);
    const { credits } = await shop.query(account.number);
    expect(credits.map((one: any) => one.amount)).toEqual(['4.00', '6.50']);
    const order = async (amount: string) =>
      (await shop.order(shop.returnOf({ ...account, credits }, { amount }))).body;
    expect((await order('10.51')).code).toBe('RETURN_EXCEEDS_CREDIT');
    expect((await order('9.00')).status).toBe('pending'); // more than its credit has
    expect((await order('1.51')).code).toBe('RETURN_EXCEEDS_CREDIT');
    expect((await order('1.50')).status).toBe('pending');
    expect((await order('0.01')).code).toBe('RETURN_EXCEEDS_CREDIT');
    expect(new Set((await shop.violations()).map(({ rule }) => rule))).toEqual(
      new Set(['refund_beyond_paid']),
    );
  });

  test('is never more than that, however many ask at once', async () => {
    const account = await shop.paid();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => shop.order(shop.returnOf(account))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
  });

  test('is counted for each currency, and each is shown in its own', async () => {
    const account = await shop.paid();
    await shop.pay(account, { amount: 2_000, currency: 'JPY' });
    const { credits } = await shop.query(account.number);
    const yen = shop.returnOf({ ...account, credits: [credits[1]], currency: 'JPY' }, { amount: '2000' }); // prettier-ignore
    expect((await shop.order({ ...yen, amount: '2001' })).body.code).toBe('RETURN_EXCEEDS_CREDIT');
    expect((await shop.order({ ...yen, currency: 'EUR', amount: '1.00' })).body.code).toBe('CREDIT_UNKNOWN'); // prettier-ignore
    const { status, body } = await shop.order(yen);
    expect(status).toBe(201);
    await shop.receiver.told('return.booked');
    expect(await shop.transaction(account)).toMatchObject({
      paid_count: 1,
      captured: 1_050,
      refunded: 0,
      refunds: [{ reference: body.number, amount: 2_000, currency: 'JPY', state: 'succeeded' }],
    });
  });

  test.each([
    [{ virtual_account: 'att_nobody' }, 404, 'VIRTUAL_ACCOUNT_UNKNOWN'],
    [{ credit: 'CRNOBODY' }, 422, 'CREDIT_UNKNOWN'],
    [{ amount: '0.00' }, 400, 'MALFORMED'],
    [{ credit: undefined }, 400, 'MALFORMED'],
  ])('is refused with %j, and the number is free', async (more, status, code) => {
    const account = await shop.paid();
    const number = freshNumber('ref');
    const refused = await shop.order(shop.returnOf(account, more), number);
    expect(refused).toMatchObject({ status, body: { code } });
    expect((await shop.order(shop.returnOf(account), number)).status).toBe(201);
  });

  test.each([
    ['customer_blocked', 'CUSTOMER_BLOCKED'],
    ['insufficient_merchant_balance', 'INSUFFICIENT_BALANCE'],
  ])('is refused by %s, and may be ordered again under the same number', async (fault, code) => {
    const account = await shop.paid();
    const number = freshNumber('ref');
    await shop.fault('refund', fault, { count: 1 });
    const asked = shop.returnOf(account);
    expect(await shop.order(asked, number)).toMatchObject({ status: 422, body: { code } });
    expect((await shop.call('GET', `${returns}/${number}`)).status).toBe(404);
    expect((await shop.order(asked, number)).status).toBe(201);
  });
});

describe('a return that fails', () => {
  test('after it was booked is bounced, and its money may go back again', async () => {
    const account = await shop.paid();
    const { number } = await shop.booked(account, { amount: '10.50' });
    expect((await bounce(account, number)).body).toMatchObject({
      captured: 1_050,
      refunded: 0,
      refunds: [{ reference: number, state: 'failed' }],
    });
    const told = await shop.receiver.told('return.bounced');
    expect(told.return).toMatchObject({
      number,
      status: 'bounced',
      reason_code: 'AC04',
      bounced_at: expect.stringMatching(/Z$/),
    });
    expect(await get(number)).toEqual(told.return);
    expect((await shop.order(shop.returnOf(account, { amount: '10.50' }))).status).toBe(201);
  });

  test.each(['AC01', 'AC06', 'AG01', 'RR04', 'FF01', 'MS03'])('says why: %s', async (reason) => {
    const account = await shop.paid();
    const { number } = await shop.booked(account);
    await bounce(account, number, { reason });
    expect((await get(number)).reason_code).toBe(reason);
  });

  test('fails once', async () => {
    const account = await shop.paid();
    const { number } = await shop.booked(account);
    await bounce(account, number);
    expect(await bounce(account, number, { force: true })).toMatchObject({ status: 409 });
    expect(await bounce(account, 'ref_nobody')).toMatchObject({ status: 404 });
    expect(await bounce(account, number, { reason: 'MOOD' })).toMatchObject({ status: 400 });
    expect(await shop.act(account, { action: 'bounce_refund' })).toMatchObject({ status: 400 });
  });

  test('by refund_bounce is booked first', async () => {
    const account = await shop.paid();
    await shop.fault('refund', 'refund_bounce', { count: 1 });
    const { number } = (await shop.order(shop.returnOf(account))).body;
    const booked = await shop.receiver.told('return.booked');
    expect(booked.return).toMatchObject({ number, status: 'booked', reason_code: null });
    const bounced = await shop.receiver.told('return.bounced');
    expect(bounced.return).toMatchObject({ number, status: 'bounced', reason_code: 'AC04' });
  });
});

describe('where returns take their time', () => {
  let slow: BankShop;
  beforeAll(async () => {
    slow = await openBankShop({ SANDBOX_REFUND_MS: '1500' });
  });
  afterAll(() => slow.close());
  beforeEach(() => slow.reset());

  test('a pending one is rejected by force, and is never booked', async () => {
    const account = await slow.paid();
    const { number } = (await slow.order(slow.returnOf(account))).body;
    const reject = { action: 'bounce_refund', refund: number, reason: 'AC01' };
    expect(await slow.act(account, reject)).toMatchObject({ status: 409 });
    expect((await slow.act(account, { ...reject, force: true })).status).toBe(200);
    const told = await slow.receiver.told('return.rejected');
    expect(told.return).toMatchObject({ status: 'rejected', reason_code: 'AC01', booked_at: null });
    await pause(1_700);
    expect((await slow.call('GET', `${returns}/${number}`)).body).toEqual(told.return);
    expect(await slow.transaction(account)).toMatchObject({ refunded: 0 });
  });

  test('what is pending is booked after kill -9, and what bounces does', async () => {
    const account = await slow.paid();
    await slow.fault('refund', 'refund_bounce', { count: 1 });
    const { number } = (await slow.order(slow.returnOf(account))).body;
    for (const type of ['return.booked', 'return.bounced']) {
      await slow.sandbox.stop('SIGKILL');
      slow.sandbox = await slow.sandbox.again();
      expect((await slow.receiver.told(type)).return.number).toBe(number);
    }
    expect((await slow.transaction(account)).refunds).toMatchObject([{ state: 'failed' }]);
  });
});
