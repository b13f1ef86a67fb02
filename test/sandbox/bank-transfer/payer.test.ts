import { type BankShop, openBankShop } from './shop.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

describe('a payer', () => {
  test('pays what is asked, and the credit is shown', async () => {
    const account = await shop.open();
    const { status, body } = await shop.pay(account);
    expect(status).toBe(200);
    const { credits } = await shop.query(account.number);
    expect(credits).toEqual([
      {
        id: expect.stringMatching(/^CR\w{1,33}$/),
        amount: '10.50',
        currency: 'EUR',
        booked_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        remittance: account.creditor_reference,
        debtor: { name: expect.any(String), iban: expect.stringMatching(/^[A-Z]{2}\d\d/) },
      },
    ]);
    expect(body).toMatchObject({
      channel_reference: credits[0].id,
      state: 'paid',
      paid_count: 1,
      captured: 1_050,
      paid_at: expect.any(String),
    });
  });

  test('pays in parts: what is missing completes it', async () => {
    const account = await shop.open();
    const part = await shop.pay(account, { amount: 400, currency: 'EUR' });
    expect(part.body).toMatchObject({ state: 'created', paid_count: 1, captured: 400 });
    const rest = await shop.pay(account);
    expect(rest.body).toMatchObject({ state: 'paid', paid_count: 2, captured: 1_050 });
    const { credits, status } = await shop.query(account.number);
    expect(credits.map((one: any) => one.amount)).toEqual(['4.00', '6.50']);
    expect(status).toBe('open');
    expect((await shop.transaction(account)).channel_reference).toBe(credits[0].id);
  });

  test('pays too much, and again, as often as he likes while it is open', async () => {
    const account = await shop.open();
    for (const amount of [2_000, 1, 1_050]) await shop.pay(account, { amount });
    const { credits } = await shop.query(account.number);
    expect(credits.map((one: any) => one.amount)).toEqual(['20.00', '0.01', '10.50']);
    expect(await shop.transaction(account)).toMatchObject({ paid_count: 3, captured: 3_051 });
  });

  test('pays in another currency, which pays nothing of the order', async () => {
    const account = await shop.open();
    const { body } = await shop.pay(account, { amount: 1_050, currency: 'KWD' });
    expect(body).toMatchObject({
      channel_reference: account.id,
      state: 'created',
      paid_count: 0,
      captured: 0,
    });
    const { credits } = await shop.query(account.number);
    expect(credits).toMatchObject([{ amount: '1.050', currency: 'KWD' }]);
    await shop.pay(account);
    const all = (await shop.query(account.number)).credits;
    expect(all[0]).toEqual(credits[0]);
    expect((await shop.transaction(account)).channel_reference).toBe(all[1].id);
  });

  test('writes what he likes into his transfer', async () => {
    const account = await shop.open();
    await shop.pay(account, { reason: 'rent, "March"' });
    expect((await shop.query(account.number)).credits[0].remittance).toBe('rent, "March"');
  });

  test('does not pay again what is paid, unless he is forced', async () => {
    const account = await shop.paid();
    expect(await shop.pay(account)).toEqual({ status: 409, body: { error: 'the order is paid' } });
    expect((await shop.pay(account, { force: true })).body).toMatchObject({
      state: 'paid',
      paid_count: 2,
      captured: 2_100,
    });
  });

  test('who does not pay, or walks away, changes nothing', async () => {
    const account = await shop.open();
    for (const action of ['decline', 'abandon'])
      expect(await shop.act(account, { action })).toMatchObject({
        status: 200,
        body: { state: 'created' },
      });
    expect(await shop.query(account.number)).toEqual(account);
    const closed = await shop.closed();
    for (const action of ['decline', 'abandon'])
      expect((await shop.act(closed, { action })).status).toBe(409);
  });

  test.each([
    [{ action: 'authenticate' }, 'bank-transfer takes pay'],
    [{ action: 'pay', amount: 100, currency: 'BRL' }, 'currency: no transfers in BRL'],
    [{ action: 'pay', currency: 'USD' }, 'amount: how much of it?'],
    [{ action: 'pay', amount: 0 }, 'amount: '],
    [{ action: 'pay', amount: 1.5 }, 'amount: '],
  ])('cannot %j', async (act, error) => {
    const account = await shop.open();
    expect(await shop.act(account, act)).toEqual({
      status: 400,
      body: { error: expect.stringContaining(error) },
    });
    expect((await shop.query(account.number)).credits).toEqual([]);
  });

  test('is faster than the closure', async () => {
    const account = await shop.open();
    await shop.pay(account, { amount: 50 });
    await shop.fault('close', 'pay_during_close', { count: 1 });
    const asked = { customer: shop.keys.customer };
    const { body } = await shop.call('POST', `/v1/virtual-accounts/${account.number}/closure`, asked); // prettier-ignore
    expect(body).toMatchObject({ status: 'closed', credits: [{ amount: '0.50' }, { amount: '10.00' }] });
    expect(await shop.transaction(account)).toMatchObject({ state: 'paid', captured: 1_050 });
  }); // prettier-ignore
});
