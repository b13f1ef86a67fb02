import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { payment as paymentShape } from '../../src/api/payment-answer.ts';
import { walletEntry } from '../../src/api/wallet-answer.ts';
import { FaultPoints } from '../support/fault-point.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';
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

const times = <T>(n: number, make: () => Promise<T>) =>
  Promise.all(Array.from({ length: n }, make));
const is = (status: string) => (payment: any) => payment.status === status;

describe('a payment out of a wallet', () => {
  test('takes its amount at once, and both statements say so', async () => {
    const customer = await Customer.with(merchant, 5_000);
    const { status, body } = await customer.pay({ amount: 1_200 });
    expect(status).toBe(201);
    expect(paymentShape.parse(body)).toMatchObject({
      status: 'succeeded', outcome: 'known', method: { type: 'balance' }, channel: 'balance', amount_captured: 1_200,
      channel_reference: expect.stringMatching(/^wor_/), next_action: null, failure: null, attempts: [{ status: 'paid' }],
    }); // prettier-ignore
    expect(await customer.wallet()).toMatchObject({ balance: 3_800, held: 0, available: 3_800 });
    const entries = await customer.statement();
    expect(entries.map((one) => walletEntry.parse(one))).toMatchObject([
      { type: 'payment', direction: 'debit', amount: 1_200, balance_after: 3_800, payment_id: body.id },
      { type: 'top_up', direction: 'credit', amount: 5_000, balance_after: 5_000 },
    ]); // prettier-ignore
    const { data } = (await merchant.call('GET', `/v1/payments/${body.id}/timeline`)).body;
    expect(data.filter((one: any) => one.kind === 'posting').map((one: any) => one.summary)).toEqual(['wallet paid', 'order paid']); // prettier-ignore
    expect(data.filter((one: any) => one.kind === 'exchange').map((one: any) => one.summary)).toEqual(['create at balance: booked', 'confirm at balance: booked']); // prettier-ignore
  });

  test('that is more than he has is declined, and another method may pay it', async () => {
    const customer = await Customer.with(merchant, 99);
    const { body } = await customer.pay();
    expect(body).toMatchObject({ status: 'requires_payment_method', failure: { code: 'insufficient_funds', channel_code: 'too_little' } }); // prettier-ignore
    const paid = await merchant.confirm(body.id, { type: 'card', token: 'tok_ok' });
    expect(paid.body).toMatchObject({ status: 'succeeded', channel: 'stripe', failure: null });
    expect(await customer.wallet()).toMatchObject({ balance: 99, held: 0 });
  });

  test('in a currency in which he has none is declined', async () => {
    const customer = await Customer.of(merchant);
    expect((await customer.pay()).body.failure).toMatchObject({ code: 'insufficient_funds', channel_code: 'no_wallet' }); // prettier-ignore
  });

  test('needs to know whose wallet it is', async () => {
    const nobodys = await merchant.create({ method: { type: 'balance' } });
    expect(nobodys).toMatchObject({ status: 422, body: { code: 'customer_not_found', errors: [{ pointer: '/customer/id' }] } }); // prettier-ignore
    const { body } = await merchant.create({ method: undefined });
    const late = await merchant.confirm(body.id, { type: 'balance' });
    expect(late).toMatchObject({ status: 422, body: { code: 'customer_not_found', errors: [{ pointer: '/method/type' }] } }); // prettier-ignore
  });

  test('tops up no wallet', async () => {
    const customer = await Customer.with(merchant, 5_000);
    const refused = { status: 422, body: { errors: [{ pointer: '/method/type', code: 'method_not_supported' }] } }; // prettier-ignore
    expect(await customer.topUp({ method: { type: 'balance' } })).toMatchObject(refused);
    const { body } = await customer.topUp({ method: undefined });
    expect(await merchant.confirm(body.payment_id, { type: 'balance' })).toMatchObject(refused);
  });

  test('fifty at once on a wallet that holds twenty: exactly twenty are paid', async () => {
    const customer = await Customer.with(merchant, 2_000);
    const answers = await times(50, () => customer.pay());
    const ended = await Promise.all(
      answers.map(({ body }) => merchant.until(body.id, (one) => one.status !== 'processing')),
    );
    const statuses = ended.map(({ status }) => status);
    expect(statuses.filter((one) => one === 'succeeded')).toHaveLength(20);
    expect(statuses.filter((one) => one === 'requires_payment_method')).toHaveLength(30);
    expect(await customer.wallet()).toMatchObject({ balance: 0, held: 0 });
    const balances = (await customer.statement()).map((one) => one.balance_after);
    expect(balances).toEqual([...Array.from({ length: 21 }, (_, n) => n * 100)]);
  });
});

describe('a hold on a wallet', () => {
  const held = async (amount = 1_000) => {
    const customer = await Customer.with(merchant, 5_000);
    const { body } = await customer.pay({ amount, capture: 'manual' });
    return { customer, payment: body };
  };

  test('is promised and not spent, and can be captured in parts', async () => {
    const { customer, payment } = await held();
    expect(payment).toMatchObject({ status: 'requires_capture', amount_capturable: 1_000 });
    const sevenDays = Date.parse(payment.capture_before) - Date.now();
    expect(Math.round(sevenDays / 86_400_000)).toBe(7);
    expect(await customer.wallet()).toMatchObject({ balance: 5_000, held: 1_000, available: 4_000 });
    const part = await merchant.capture(payment.id, { amount: 300 });
    expect(part.body).toMatchObject({ status: 'partially_captured', amount_captured: 300 });
    expect(await customer.wallet()).toMatchObject({ balance: 4_700, held: 700 });
    const rest = await merchant.capture(payment.id, { amount: 500, final: true });
    expect(await merchant.until(rest.body.id, is('succeeded'))).toMatchObject({ amount_captured: 800 }); // prettier-ignore
    expect(await customer.wallet()).toMatchObject({ balance: 4_200, held: 0, available: 4_200 });
  }); // prettier-ignore

  test('is given back by a cancel', async () => {
    const { customer, payment } = await held();
    const { body } = await merchant.cancel(payment.id);
    expect(body.status).toBe('canceled');
    expect(await customer.wallet()).toMatchObject({ balance: 5_000, held: 0 });
    expect(await customer.statement()).toHaveLength(1);
  });

  test('what is left of one that was captured in part is given back by a cancel', async () => {
    const { customer, payment } = await held();
    await merchant.capture(payment.id, { amount: 300 });
    const { body } = await merchant.cancel(payment.id);
    expect(body).toMatchObject({ status: 'succeeded', amount_captured: 300 });
    expect(await customer.wallet()).toMatchObject({ balance: 4_700, held: 0 });
  });

  test('leaves nothing for what would take more', async () => {
    const { customer } = await held(4_950);
    expect((await customer.pay()).body.failure.code).toBe('insufficient_funds');
    expect((await customer.pay({ amount: 50 })).body.status).toBe('succeeded');
  });
});

describe('a refund of a payment out of a wallet', () => {
  test('is in the wallet again', async () => {
    const customer = await Customer.with(merchant, 1_000);
    const { body } = await customer.pay({ amount: 1_000 });
    const refund = await merchant.refund(body.id, { amount: 400 });
    expect(refund.body).toMatchObject({ status: 'succeeded', amount: 400 });
    expect(await customer.wallet()).toMatchObject({ balance: 400 });
    expect((await customer.statement())[0]).toMatchObject({ type: 'payment_refund', direction: 'credit', amount: 400, payment_id: body.id }); // prettier-ignore
  });

  test('by ten at once gives back no more than was taken', async () => {
    const customer = await Customer.with(merchant, 1_000);
    const { body } = await customer.pay({ amount: 1_000 });
    const answers = await times(10, () => merchant.refund(body.id, { amount: 300 }));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    await merchant.until(body.id, (one) => one.amount_refunded === 900);
    expect(await customer.wallet()).toMatchObject({ balance: 900 });
  });

  test('of captures of a hold goes back as well', async () => {
    const customer = await Customer.with(merchant, 1_000);
    const { body } = await customer.pay({ amount: 1_000, capture: 'manual' });
    await merchant.capture(body.id, { amount: 300 });
    await merchant.capture(body.id, { amount: 700 });
    await merchant.refund(body.id, { amount: 1_000 });
    await merchant.until(body.id, (one) => one.amount_refunded === 1_000);
    expect(await customer.wallet()).toMatchObject({ balance: 1_000, held: 0 });
  });

  test('makes no wallet larger than what was not spent of its top-up can give back', async () => {
    const customer = await Customer.of(merchant);
    const { body } = await customer.topUp({ amount: 1_000 });
    await customer.pay({ amount: 600 });
    const tooMuch = await merchant.refund(body.payment_id, { amount: 401 });
    expect(tooMuch).toMatchObject({ status: 422, body: { code: 'wallet_balance_too_low' } });
    expect((await merchant.refund(body.payment_id, { amount: 400 })).status).toBe(201);
  });
});

describe('a worker that is killed', () => {
  /** Inside the transaction that moves the wallet, and when it is through and nobody has recorded it. */
  const places = ['before', 'after'];
  const arm = (verb: string, place: string) => points.arm(`worker.call.${verb}.${place}`);
  const order = async (given: object = {}) => {
    const customer = await Customer.with(merchant, 1_000);
    const { body } = await customer.pay(given);
    await merchant.until(body.id, (one) => ['succeeded', 'requires_capture'].includes(one.status));
    return { customer, payment: body };
  };

  test.each(places)('%s a debit takes it once', async (place) => {
    const customer = await Customer.with(merchant, 1_000);
    arm('confirm', place);
    const { body } = await customer.pay({ wait: 0 });
    await merchant.until(body.id, is('succeeded'), 60_000);
    expect(await customer.wallet()).toMatchObject({ balance: 900, held: 0 });
    expect(await customer.statement()).toHaveLength(2);
  });

  test.each(places)('%s a capture takes it once', async (place) => {
    const { customer, payment } = await order({ capture: 'manual' });
    arm('capture', place);
    await merchant.capture(payment.id, { amount: 40, wait: 0 });
    await merchant.until(payment.id, (one) => one.amount_captured === 40, 60_000);
    expect(await customer.wallet()).toMatchObject({ balance: 960, held: 60 });
  });

  test.each(places)('%s a refund gives it back once', async (place) => {
    const { customer, payment } = await order();
    arm('refund', place);
    await merchant.refund(payment.id, { amount: 30, wait: 0 });
    await merchant.until(payment.id, (one) => one.amount_refunded === 30, 60_000);
    expect(await customer.wallet()).toMatchObject({ balance: 930, held: 0 });
  });
});

test('at the end the ledger balances, each wallet is what its account says, and both sides of the channel agree', async () => {
  const args = ['--import', 'tsx', 'src/stack/ledger-verify.ts', '--json'];
  const { stdout } = spawnSync(process.execPath, args, { env: stack.env, encoding: 'utf8' });
  const { balanced, by_channel } = JSON.parse(stdout);
  expect(balanced).toBe(true);
  const database = new pg.Client(readFileSync(join(stack.dataDir, 'database_url'), 'utf8').trim());
  await database.connect();
  const { rows } = await database.query(
    `select sum(case e.direction when 'credit' then e.amount else -e.amount end)::int as paid
     from ledger_entries e join ledger_accounts a on a.id = e.account_id where a.name = 'wallet_clearing'`,
  );
  await database.end();
  expect(by_channel.balance).toEqual({ USD: rows[0].paid });
});
