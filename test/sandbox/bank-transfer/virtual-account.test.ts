import { later } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { accounts, type BankShop, inSeconds, openBankShop } from './shop.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const put = (number: string, asked: object) => shop.call('PUT', `${accounts}/${number}`, asked);
const close = (number: string) =>
  shop.call('POST', `${accounts}/${number}/closure`, { customer: shop.keys.customer });

/** ISO 7064 MOD 97-10 as ISO 13616 and ISO 11649 have it. */
const checks = (text: string) => {
  const moved = text.slice(4) + text.slice(0, 4);
  const digits = moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
};

describe('a virtual account', () => {
  test('is made under our number, with every member of the page', async () => {
    const number = freshNumber();
    const asked = shop.asked();
    const { status, body } = await put(number, asked);
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'virtual_account',
      number,
      id: expect.stringMatching(/^VA\w{1,33}$/),
      status: 'open',
      ...asked,
      iban: expect.stringMatching(/^[A-Z]{2}\d\d[A-Z0-9]{11,30}$/),
      bic: expect.stringMatching(/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/),
      holder: expect.any(String),
      creditor_reference: expect.stringMatching(/^RF\d\d[A-Z0-9]{1,21}$/),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      closed_at: null,
      credits: [],
    });
    expect(await shop.query(number)).toEqual(body);
    expect(await shop.transaction(body)).toMatchObject({
      account: shop.keys.channel_account,
      channel_reference: body.id,
      amount: 1_050,
      currency: 'EUR',
      state: 'created',
      paid_count: 0,
    });
  });

  test('has an IBAN and a reference with right check digits, which nobody else has', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => shop.open()));
    for (const { iban, creditor_reference } of all)
      expect([checks(iban), checks(creditor_reference)]).toEqual([true, true]);
    for (const member of ['iban', 'creditor_reference', 'id'])
      expect(new Set(all.map((one) => one[member])).size).toBe(20);
  });

  test.each([
    ['EUR', '10.50', 1_050],
    ['JPY', '10', 10],
    ['KWD', '10.500', 10_500],
    ['USD', '0.01', 1],
    ['BHD', '999999999.999', 999_999_999_999],
  ])('in %s is asked %s', async (currency, amount, minor) => {
    const account = await shop.open({ currency, amount });
    expect(account).toMatchObject({ currency, amount });
    expect(await shop.transaction(account)).toMatchObject({ amount: minor, currency });
  });

  test('put again with the same six members is the same, as it stands now', async () => {
    const number = freshNumber();
    const asked = shop.asked();
    const { body } = await put(number, asked);
    const turned = Object.fromEntries(Object.entries(asked).reverse());
    expect(await put(number, turned)).toMatchObject({ status: 200, body });
    await shop.pay(body);
    await close(number);
    const again = await put(number, asked);
    expect(again).toMatchObject({ status: 200, body: { status: 'closed', id: body.id } });
    expect(again.body.credits).toHaveLength(1);
    expect(await shop.violations()).toEqual([]);
  });

  test('put again after its end is the same', async () => {
    const number = freshNumber();
    const asked = shop.asked({ expires_at: inSeconds(60) });
    await put(number, asked);
    await later(shop.sandbox, 60_000);
    const { status, body } = await put(number, asked);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'closed', closed_at: asked.expires_at });
  });

  test.each([
    [{ amount: '10.51' }],
    [{ currency: 'USD' }],
    [{ expires_at: inSeconds(900) }],
    [{ description: '' }],
    [{ notify_url: 'https://elsewhere.example/' }],
  ])('put again with %j is a conflict, and nothing changes', async (more) => {
    const account = await shop.open();
    expect(await put(account.number, shop.asked(more))).toMatchObject({
      status: 409,
      body: { code: 'NUMBER_CONFLICT' },
    });
    expect(await shop.query(account.number)).toEqual(account);
    expect(await shop.violations()).toMatchObject([
      { reference: account.number, rule: 'same_number_other_fields' },
    ]);
  });

  test('nobody made is unknown', async () => {
    const expected = { status: 404, body: { code: 'VIRTUAL_ACCOUNT_UNKNOWN' } };
    expect(await shop.call('GET', `${accounts}/att_nobody`)).toMatchObject(expected);
    expect(await close('att_nobody')).toMatchObject(expected);
  });
});

describe('a closed virtual account', () => {
  test('is closed for good, and closing it again says the same', async () => {
    const { number } = await shop.open();
    const { status, body } = await close(number);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'closed', closed_at: expect.stringMatching(/Z$/) });
    expect(await close(number)).toMatchObject({ status: 200, body });
    expect(await shop.query(number)).toEqual(body);
    expect(await shop.transaction(body)).toMatchObject({ state: 'closed', captured: 0 });
  });

  test('takes no money; what the bank had accepted before is booked late', async () => {
    const account = await shop.closed();
    expect(await shop.pay(account)).toEqual({
      status: 409,
      body: { error: 'the order is closed' },
    });
    const { body } = await shop.pay(account, { force: true });
    expect(body).toMatchObject({ state: 'paid', paid_count: 1, captured: 1_050 });
    expect(await shop.query(account.number)).toMatchObject({
      status: 'closed',
      closed_at: account.closed_at,
      credits: [{ amount: '10.50' }],
    });
  });

  test('is closed by its end, also while nobody asks', async () => {
    const account = await shop.open({ expires_at: inSeconds(1) });
    const closed = await until(
      () => shop.transaction(account),
      ({ state }: any) => state === 'closed',
    );
    expect(closed).toMatchObject({ captured: 0 });
    expect((await shop.pay(account)).status).toBe(409);
    expect(await close(account.number)).toMatchObject({
      status: 200,
      body: { closed_at: account.expires_at },
    });
  });

  test('is closed by its end after kill -9, too', async () => {
    const account = await shop.open({ expires_at: inSeconds(2) });
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    await until(
      () => shop.transaction(account),
      ({ state }: any) => state === 'closed',
    );
  });

  test('may be closed when it is paid, and stays paid', async () => {
    const account = await shop.paid();
    expect(account.status).toBe('open');
    expect((await close(account.number)).body.credits).toEqual(account.credits);
    expect(await shop.transaction(account)).toMatchObject({ state: 'paid', captured: 1_050 });
  });
});

describe('a new virtual account is refused', () => {
  test.each([
    [{ currency: 'BRL' }, 'CURRENCY_NOT_OFFERED'],
    [{ currency: 'BRL', amount: '1.2345' }, 'CURRENCY_NOT_OFFERED'],
    [{ amount: '0.00' }, 'AMOUNT_OUT_OF_RANGE'],
    [{ amount: '10000000000.00' }, 'AMOUNT_OUT_OF_RANGE'],
    [{ expires_at: inSeconds(-1) }, 'EXPIRY_OUT_OF_RANGE'],
    [{ expires_at: inSeconds(31 * 86_400 + 60) }, 'EXPIRY_OUT_OF_RANGE'],
  ])('with %j: %s', async (more, code) => {
    const number = freshNumber();
    expect(await put(number, shop.asked(more))).toMatchObject({ status: 422, body: { code } });
    expect((await put(number, shop.asked())).status).toBe(201);
  });

  test('while the customer is blocked, and one that is there is shown', async () => {
    const account = await shop.open();
    await shop.fault('create', 'customer_blocked', { count: 2 });
    const asked = shop.asked({ expires_at: account.expires_at });
    expect((await put(account.number, asked)).status).toBe(200);
    const refused = await put(freshNumber(), shop.asked());
    expect(refused).toMatchObject({ status: 422, body: { code: 'CUSTOMER_BLOCKED' } });
  });
});
