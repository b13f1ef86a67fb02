import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { withdrawal as withdrawalShape } from '../../src/api/wallet-answer.ts';
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

const read = async (id: string) => (await merchant.call('GET', `/v1/withdrawals/${id}`)).body;

/** The withdrawal once it stands so. */
async function until(id: string, status: string): Promise<any> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const withdrawal = await read(id);
    if (withdrawal.status === status) return withdrawal;
    if (Date.now() > deadline) throw new Error(`not ${status}: ${JSON.stringify(withdrawal)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('a withdrawal', () => {
  test('goes back to the cards that the money came from, the newest first', async () => {
    const customer = await Customer.with(merchant, 3_000);
    const newer = (await customer.topUp({ amount: 2_000 })).body;
    await merchant.until(newer.payment_id, ({ status }) => status === 'succeeded');
    const { status, body, headers } = await customer.withdraw(2_500);
    expect(status).toBe(201);
    const { id: wallet } = await customer.wallet();
    expect(withdrawalShape.parse(body)).toMatchObject({
      customer: customer.id, wallet, amount: 2_500, currency: 'USD', status: 'succeeded', amount_returned: 2_500,
    }); // prettier-ignore
    expect(headers.get('location')).toBe(`/v1/withdrawals/${body.id}`);
    expect(await read(body.id)).toEqual(body);
    const refunds = await Promise.all(body.refunds.map(async (id: string) => (await merchant.call('GET', `/v1/refunds/${id}`)).body)); // prettier-ignore
    expect(refunds).toMatchObject([{ amount: 2_000, payment_id: newer.payment_id }, { amount: 500 }]); // prettier-ignore
    expect(await customer.wallet()).toMatchObject({ balance: 2_500, held: 0 });
    expect((await customer.statement()).slice(0, 2).map((one) => one.type)).toEqual(['top_up_refund', 'top_up_refund']); // prettier-ignore
  });

  test('of more than can go back is refused, and says how much can', async () => {
    const customer = await Customer.with(merchant, 1_000);
    await customer.pay({ amount: 400 });
    const key = randomUUID();
    const tooMuch = await customer.withdraw(601, {}, key);
    expect(tooMuch).toMatchObject({ status: 422, body: { code: 'wallet_balance_too_low', detail: '6.01 USD is more than the 6.00 USD that can be withdrawn' } }); // prettier-ignore
    const again = await customer.withdraw(601, {}, key);
    expect(again.body).toMatchObject({ code: 'wallet_balance_too_low' });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await customer.withdraw(600)).status).toBe(201);
  });

  test('again with its key is the same one, with another amount it is refused', async () => {
    const customer = await Customer.with(merchant, 1_000);
    const key = randomUUID();
    const first = await customer.withdraw(300, {}, key);
    const again = await customer.withdraw(300, {}, key);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await customer.withdraw(301, {}, key)).body.code).toBe('idempotency_key_reused');
    expect(await customer.wallet()).toMatchObject({ balance: 700, held: 0 });
  });

  test('that the card’s bank sends back has failed, and its money is in the wallet again', async () => {
    const customer = await Customer.with(merchant, 1_000);
    const { body } = await customer.withdraw(300);
    const [refund] = body.refunds;
    const { payment_id } = (await merchant.call('GET', `/v1/refunds/${refund}`)).body;
    await merchant.payer(await merchant.get(payment_id), 'bounce_refund', { refund });
    expect(await until(body.id, 'failed')).toMatchObject({ amount_returned: 0 });
    expect(await customer.wallet()).toMatchObject({ balance: 1_000, held: 0 });
  });

  test('fifty at once on a wallet that holds ten: ten, and it is empty', async () => {
    const customer = await Customer.with(merchant, 1_000);
    const { id } = await customer.wallet();
    const path = `/v1/wallets/${id}/withdrawals`;
    const one = () => merchant.call('POST', path, { amount: 100, wait: 0 }, { 'Idempotency-Key': randomUUID() }); // prettier-ignore
    const answers = await Promise.all(Array.from({ length: 50 }, one));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(10);
    for (const { body } of made) await until(body.id, 'succeeded');
    expect(await customer.wallet()).toMatchObject({ balance: 0, held: 0 });
    const { body } = await merchant.call('GET', `${path}?limit=4`);
    expect(body).toMatchObject({ object: 'list', has_more: true });
    expect(made.map((answer) => answer.body.id)).toEqual(expect.arrayContaining(body.data.map((listed: any) => listed.id))); // prettier-ignore
  });

  test('is nobody’s but the merchant’s', async () => {
    const customer = await Customer.with(merchant, 1_000);
    const { body } = await customer.withdraw(100);
    const stranger = anotherMerchant(stack);
    const { id } = await customer.wallet();
    const headers = { 'Idempotency-Key': randomUUID() };
    const foreign = await stranger.call('POST', `/v1/wallets/${id}/withdrawals`, { amount: 1 }, headers); // prettier-ignore
    expect(foreign.status).toBe(404);
    for (const path of [`/v1/withdrawals/${body.id}`, `/v1/wallets/${id}/withdrawals`])
      expect((await stranger.call('GET', path)).status).toBe(404);
  });
});

/** Before and after it is recorded, and when it was carried out and nobody has heard so. */
test.each(['api.commit.before', 'api.commit.after', 'api.signal.before', 'api.post.withdrawals.before', 'worker.call.refund.before', 'worker.call.refund.after'])(
  'a process that is killed at %s has it made once, by the same key',
  async (place) => {
    const customer = await Customer.with(merchant, 1_000);
    const { id } = await customer.wallet();
    points.arm(place);
    const key = randomUUID();
    const ask = () => merchant.call('POST', `/v1/wallets/${id}/withdrawals`, { amount: 300 }, { 'Idempotency-Key': key });
    let answer = await ask().catch(() => null);
    for (const deadline = Date.now() + 60_000; answer?.status !== 201 && Date.now() < deadline; answer = await ask().catch(() => null))
      await new Promise((resolve) => setTimeout(resolve, 200));
    await until(answer?.body.id, 'succeeded');
    expect(await customer.wallet()).toMatchObject({ balance: 700, held: 0 });
    expect((await customer.statement()).map((one) => one.amount)).toEqual([300, 1_000]);
  },
); // prettier-ignore

test('at the end the ledger balances, and each wallet is what its account says', () => {
  const args = ['--import', 'tsx', 'src/stack/ledger-verify.ts', '--json'];
  const { stdout } = spawnSync(process.execPath, args, { env: stack.env, encoding: 'utf8' });
  expect(JSON.parse(stdout).balanced).toBe(true);
});
