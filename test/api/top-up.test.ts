import { randomUUID } from 'node:crypto';

import { topUp as topUpShape, wallet as walletShape, walletEntry } from '../../src/api/wallet-answer.ts'; // prettier-ignore
import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let stranger: Merchant;

beforeAll(async () => {
  stack = await launch({ CHANNEL_TIMEOUT_MS: '5000' });
  [merchant, stranger] = [new Merchant(stack.ready), anotherMerchant(stack)];
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const aCustomer = async (of = merchant) => (await of.call('POST', '/v1/customers', {})).body.id;
const card = { method: { type: 'card', token: 'tok_ok' }, currency: 'USD' };
const topUp = (given: object, key: string = randomUUID(), of = merchant) =>
  of.call('POST', '/v1/top_ups', { amount: 5_000, ...card, ...given }, { 'Idempotency-Key': key });
const read = async (path: string) => (await merchant.call('GET', path)).body;
const walletOf = async (customer: string) =>
  (await read(`/v1/customers/${customer}/wallets`)).data[0];
const entriesOf = async (wallet: string, query = '') =>
  (await read(`/v1/wallets/${wallet}/entries?${query}`)).data;
/** A customer who has 50 dollars, and the payment that brought them. */
async function topped(given: object = {}) {
  const customer = await aCustomer();
  const { body } = await topUp({ customer, ...given });
  await merchant.until(body.payment_id, (payment) => payment.status === 'succeeded');
  return { customer, topUp: body, wallet: await walletOf(customer) };
}

describe('a top-up', () => {
  test('that is paid is in the wallet, and on its statement', async () => {
    const customer = await aCustomer();
    const { status, headers, body } = await topUp({ customer, description: 'For later', metadata: { a: 'b' } }); // prettier-ignore
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/top_ups/${body.id}`);
    expect(topUpShape.parse(body)).toMatchObject({
      object: 'top_up', customer, amount: 5_000, currency: 'USD', status: 'succeeded', amount_credited: 5_000,
      amount_refunded: 0, next_action: null, failure: null, description: 'For later', metadata: { a: 'b' }, livemode: false,
    }); // prettier-ignore
    expect(await read(`/v1/top_ups/${body.id}`)).toEqual(body);
    const wallet = walletShape.parse(await walletOf(customer));
    expect(wallet).toMatchObject({ id: body.wallet, customer, currency: 'USD', balance: 5_000, held: 0, available: 5_000 }); // prettier-ignore
    expect(await read(`/v1/wallets/${wallet.id}`)).toEqual(wallet);
    const entries = await entriesOf(wallet.id);
    expect(entries.map((one: any) => walletEntry.parse(one))).toEqual([
      {
        id: expect.stringMatching(/^ltx_/), object: 'wallet_entry', wallet: wallet.id, type: 'top_up', direction: 'credit',
        amount: 5_000, currency: 'USD', balance_after: 5_000, payment_id: body.payment_id, gift_code_id: null, created_at: expect.any(String),
      },
    ]); // prettier-ignore
    const { order_no, customer: named } = await merchant.get(body.payment_id);
    expect({ order_no, named }).toEqual({ order_no: body.id, named: { id: customer } });
  });

  test('by a code is credited when the payer has paid, whatever becomes of the notice', async () => {
    await merchant.fault('callback', 'duplicate', { copies: 5 });
    const customer = await aCustomer();
    const { body } = await topUp({ customer, method: { type: 'wechat_pay_qr' }, currency: 'CNY' });
    expect(body).toMatchObject({ status: 'requires_action', next_action: { type: 'display_qr_code' } }); // prettier-ignore
    expect(await walletOf(customer)).toMatchObject({ balance: 0, currency: 'CNY' });
    await merchant.payer(await merchant.get(body.payment_id), 'pay');
    await merchant.until(body.payment_id, (payment) => payment.status === 'succeeded');
    expect(await walletOf(customer)).toMatchObject({ balance: 5_000 });
    expect(await entriesOf(body.wallet)).toHaveLength(1);
  });

  test('under one key is made and credited once', async () => {
    const customer = await aCustomer();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => topUp({ customer }, key)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 201));
    expect(await walletOf(customer)).toMatchObject({ balance: 5_000 });
    expect((await topUp({ customer, amount: 1 }, key)).body.code).toBe('idempotency_key_reused');
  });

  test('that is declined, or canceled, credits nothing', async () => {
    const customer = await aCustomer();
    const declined = await topUp({ customer, method: { type: 'card', token: 'tok_declined' } });
    expect(declined.body).toMatchObject({ status: 'requires_payment_method', failure: { code: 'card_declined' } }); // prettier-ignore
    await merchant.cancel(declined.body.payment_id);
    expect(await read(`/v1/top_ups/${declined.body.id}`)).toMatchObject({ status: 'canceled', amount_credited: 0 }); // prettier-ignore
    expect(await walletOf(customer)).toMatchObject({ balance: 0 });
  });

  test('that is paid after it was given up goes back, and is never in the wallet', async () => {
    const customer = await aCustomer();
    const { body } = await topUp({ customer, method: { type: 'wechat_pay_qr' }, currency: 'CNY' });
    await merchant.cancel(body.payment_id);
    await merchant.payer(await merchant.get(body.payment_id), 'pay', { force: true });
    await merchant.until(body.payment_id, (payment) => payment.attempts[0].amount_refunded === 5_000); // prettier-ignore
    expect(await entriesOf(body.wallet)).toEqual([]);
  });

  test('twenty at once all arrive', async () => {
    const customer = await aCustomer();
    const amounts = Array.from({ length: 20 }, (_, n) => n + 1);
    await Promise.all(amounts.map((amount) => topUp({ customer, amount })));
    expect(await walletOf(customer)).toMatchObject({ balance: 210, held: 0 });
  });

  test.each<[string, object, number, string, string]>([
    ['for nobody', { customer: 'cus_01h45ytscbebyvny4gc8cr8ma2' }, 422, '/customer', 'customer_not_found'],
    ['of nothing', { amount: 0 }, 422, '/amount', 'amount_too_small'],
    ['in a currency that the method does not take', { currency: 'ISK' }, 422, '/currency', 'currency_not_supported'],
    ['out of a wallet', { method: { type: 'balance' } }, 422, '/method/type', 'method_not_supported'],
    ['for an order', { order_no: 'A-1' }, 400, '/order_no', 'unknown_field'],
  ])('%s is refused', async (_what, given, status, pointer, code) => {
    const customer = await aCustomer();
    const refused = { status, body: { errors: [{ pointer, code }] } };
    expect(await topUp({ customer, ...given })).toMatchObject(refused);
  }); // prettier-ignore

  test('needs a key, and is nobody’s but the merchant’s', async () => {
    const customer = await aCustomer();
    const keyless = await merchant.call('POST', '/v1/top_ups', { customer, amount: 1, ...card });
    expect(keyless).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } });
    expect((await topUp({ customer }, randomUUID(), stranger)).body.code).toBe('customer_not_found'); // prettier-ignore
    const { body } = await topUp({ customer });
    for (const path of [`/v1/top_ups/${body.id}`, `/v1/wallets/${body.wallet}`, `/v1/wallets/${body.wallet}/entries`, `/v1/customers/${customer}/wallets`])
      expect([path, (await stranger.call('GET', path)).status]).toEqual([path, 404]);
  }); // prettier-ignore
});

describe('a refund of a top-up', () => {
  test('comes out of the wallet, where it is held until the channel has sent it back', async () => {
    const { topUp: made, wallet } = await topped();
    await merchant.control('POST', '/control/faults', { channel: 'stripe', operation: 'refund', fault: 'slow', delay_ms: 3_000, count: 1 }); // prettier-ignore
    const { status, body } = await merchant.refund(made.payment_id, { amount: 2_000, wait: 0 });
    expect([status, body.status]).toEqual([201, 'processing']);
    expect(await read(`/v1/wallets/${wallet.id}`)).toMatchObject({ balance: 5_000, held: 2_000, available: 3_000 }); // prettier-ignore
    const tooMuch = await merchant.refund(made.payment_id, { amount: 3_001 });
    expect(tooMuch).toMatchObject({ status: 422, body: { code: 'refund_exceeds_captured' } });
    await merchant.until(made.payment_id, (payment) => payment.amount_refunded === 2_000);
    expect(await read(`/v1/wallets/${wallet.id}`)).toMatchObject({ balance: 3_000, held: 0 });
    expect(await entriesOf(wallet.id, 'limit=1')).toMatchObject([{ type: 'top_up_refund', direction: 'debit', amount: 2_000, balance_after: 3_000 }]); // prettier-ignore
    expect(await read(`/v1/top_ups/${made.id}`)).toMatchObject({ amount_refunded: 2_000 });
  });

  test('by ten at once gives back no more than there is', async () => {
    const { topUp: made, wallet } = await topped();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => merchant.refund(made.payment_id, { amount: 700 })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    await merchant.until(made.payment_id, (payment) => payment.amount_refunded === 4_900);
    expect(await read(`/v1/wallets/${wallet.id}`)).toMatchObject({ balance: 100, held: 0 });
  });

  test('that the bank sends back is in the wallet again', async () => {
    const { topUp: made, wallet } = await topped();
    const { body } = await merchant.refund(made.payment_id, { amount: 2_000 });
    await merchant.until(made.payment_id, (payment) => payment.amount_refunded === 2_000);
    await merchant.payer(await merchant.get(made.payment_id), 'bounce_refund', { refund: body.id });
    await merchant.until(made.payment_id, (payment) => payment.amount_refunded === 0);
    expect(await read(`/v1/wallets/${wallet.id}`)).toMatchObject({ balance: 5_000, held: 0 });
    expect((await entriesOf(wallet.id)).map((one: any) => [one.type, one.balance_after])).toEqual([
      ['top_up_refund_reversal', 5_000],
      ['top_up_refund', 3_000],
      ['top_up', 5_000],
    ]);
  });
});

describe('a statement', () => {
  test('comes in pages, with the balance as it was at each line', async () => {
    const { customer, wallet } = await topped({ amount: 100 });
    for (const amount of [20, 3]) await topUp({ customer, amount });
    const first = await entriesOf(wallet.id, 'limit=2');
    expect(first.map((one: any) => one.balance_after)).toEqual([123, 120]);
    const second = await read(`/v1/wallets/${wallet.id}/entries?limit=2&starting_after=${first[1].id}`); // prettier-ignore
    expect(second).toMatchObject({ data: [{ balance_after: 100 }], has_more: false });
    const back = await entriesOf(wallet.id, `ending_before=${second.data[0].id}`);
    expect(back).toEqual(first);
  });
});

describe('the list of top-ups', () => {
  test('is narrowed by customer and status, in pages', async () => {
    const { customer, topUp: first } = await topped();
    const second = (await topUp({ customer, method: undefined })).body;
    const list = async (query: string) => {
      const { data } = await read(`/v1/top_ups?customer=${customer}&${query}`);
      return data.map((one: any) => one.id);
    };
    expect(await list('')).toEqual([second.id, first.id]);
    expect(await list('status=succeeded')).toEqual([first.id]);
    expect(await list(`limit=1&starting_after=${second.id}`)).toEqual([first.id]);
  });
});

describe('a customer with money', () => {
  test('is not removed until his wallet is empty', async () => {
    const { customer, topUp: made } = await topped();
    const remove = () => merchant.call('DELETE', `/v1/customers/${customer}`);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'wallet_not_empty' } });
    await merchant.refund(made.payment_id);
    await merchant.until(made.payment_id, (payment) => payment.amount_refunded === 5_000);
    expect((await remove()).status).toBe(200);
  });

  test('on its way to him is not removed before that has come, or will not', async () => {
    const { customer, payment_id } = (await topUp({ customer: await aCustomer(), method: undefined })).body;
    const remove = () => merchant.call('DELETE', `/v1/customers/${customer}`);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'wallet_not_empty' } });
    await merchant.cancel(payment_id);
    expect((await remove()).status).toBe(200);
  }); // prettier-ignore
});
