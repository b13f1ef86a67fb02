import { randomBytes } from 'node:crypto';

import { CallbackSender } from '../support/callback.ts';
import { launch, type Launched, logOf } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let sender: CallbackSender;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  sender = await CallbackSender.of(merchant);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const isPaid = (payment: any) => payment.status === 'succeeded';
const unpaid = async () => (await merchant.create()).body;
const refusal = JSON.stringify({ code: 'FAIL', message: '失败' });

describe('a callback of one’s own making', () => {
  test('F13: that is signed by nobody is refused 401 in the channel’s form and changes nothing', async () => {
    const payment = await unpaid();
    const resource = sender.resourceOf(payment);
    const wrong = [
      { headers: { 'Wechatpay-Signature': Buffer.alloc(256, 7).toString('base64') } },
      { headers: { 'Wechatpay-Signature': 'WECHATPAY/SIGNTEST/x' } },
      { headers: { 'Wechatpay-Serial': 'another' } },
      { headers: { 'Wechatpay-Nonce': 'another' } },
      { body: '{}' },
      { skew: -600 },
      { skew: 600 },
    ];
    for (const given of wrong)
      expect(await sender.send({ resource, ...given })).toEqual({ status: 401, body: refusal });
    expect(await merchant.get(payment.id)).toEqual(payment);
    expect(logOf(stack, 'api')).toContain('"security":true');
  });

  test('that says too little, or of another merchant, is refused 400 and changes nothing', async () => {
    const payment = await unpaid();
    const resources = [
      {},
      { mchid: null, out_trade_no: null, amount: null },
      sender.resourceOf(payment, { amount: null }),
      sender.resourceOf(payment, { trade_state: 'WHAT' }),
      sender.resourceOf(payment, { mchid: '1900000001' }),
      sender.resourceOf(payment, { out_trade_no: 'att_unknown_to_all' }),
      sender.resourceOf(payment, { out_trade_no: null }),
    ];
    for (const resource of resources) expect((await sender.send({ resource })).status).toBe(400);
    expect(await merchant.get(payment.id)).toEqual(payment);
  });

  test('that names what PostgreSQL cannot keep is refused 400, not asked for again', async () => {
    const payment = await unpaid();
    for (const odd of ['\0', '\ud800', `${payment.attempts[0].reference}\0`])
      expect((await sender.send({ resource: sender.resourceOf(payment, { out_trade_no: odd }) })).status).toBe(400);
    const resource = sender.resourceOf(payment, { transaction_id: '42\0\ud800' });
    expect((await sender.send({ resource })).status).toBe(204);
    expect((await merchant.until(payment.id, isPaid)).channel_reference).toMatch(/^42/);
  }); // prettier-ignore

  test('whose number no index could hold is refused 400, and the true one pays', async () => {
    const payment = await unpaid();
    const transaction_id = randomBytes(5_000).toString('hex'); // the same letter 10,000 times would be stored small
    const resource = sender.resourceOf(payment, { transaction_id });
    expect(await sender.send({ resource })).toEqual({ status: 400, body: refusal });
    expect((await sender.send({ resource: sender.resourceOf(payment) })).status).toBe(204);
    expect((await merchant.until(payment.id, isPaid)).amount_captured).toBe(1_999);
    const late = sender.resourceOf(payment, { transaction_id: `${transaction_id}2` });
    expect((await sender.send({ resource: late })).status).toBe(400);
  });

  test('to an account that is not there is refused 404, to a channel that is not there too', async () => {
    const resource = sender.resourceOf(await unpaid());
    const account = 'cha_01h45ytscbebyvny4gc8cr8ma2';
    for (const nobody of [account, 'cha_%00', 'x'.repeat(2_000)])
      expect(await sender.send({ resource, account: nobody })).toEqual({ status: 404, body: refusal }); // prettier-ignore
    const other = await fetch(`${stack.ready.api}/v1/callbacks/nopay/${account}`, {
      method: 'POST',
    });
    expect(other.status).toBe(404);
  });

  test('F12: that disagrees is no evidence: refused, and the channel asked at once', async () => {
    for (const amount of [
      { total: 1, currency: 'CNY' },
      { total: 1_999, currency: 'USD' },
    ]) {
      const payment = await unpaid();
      expect((await sender.send({ resource: sender.resourceOf(payment, { amount }) })).status).toBe(400); // prettier-ignore
      const asked = async () => {
        const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
        return body.data.some((entry: any) => entry.kind === 'exchange' && entry.summary.startsWith('query')); // prettier-ignore
      };
      for (const deadline = Date.now() + 10_000; !(await asked());)
        expect(Date.now()).toBeLessThan(deadline);
      expect(await merchant.get(payment.id)).toMatchObject({ status: 'requires_action', outcome: 'known', amount_captured: 0 }); // prettier-ignore
    }
  });

  test('F16: that is right but that the channel’s books do not know is booked once: its signature is its word', async () => {
    const payment = await unpaid();
    const resource = sender.resourceOf(payment);
    const answers = await Promise.all(Array.from({ length: 20 }, () => sender.send({ resource })));
    for (const answer of answers) expect(answer).toEqual({ status: 204, body: '' });
    const paid = await merchant.until(payment.id, isPaid);
    expect(paid.attempts[0]).toMatchObject({ amount_captured: 1_999, status: 'paid' });
  });

  test('holds no card number when it is kept', async () => {
    const payment = await unpaid();
    const resource = sender.resourceOf(payment, { attach: '4111111111111111' });
    expect((await sender.send({ resource })).status).toBe(204);
    const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(JSON.stringify(body)).not.toContain('4111111111111111');
  });

  test('threat 17: leaves no card number in the log or the store, whichever member it is in', async () => {
    const card = '6011000990139424';
    const payment = await unpaid();
    const places = ['out_trade_no', 'transaction_id', 'mchid', 'trade_state', 'success_time', 'bank_type'];
    for (const place of places) await sender.send({ resource: sender.resourceOf(payment, { [place]: card }) });
    await sender.send({ resource: sender.resourceOf(payment, { amount: { total: Number(card), currency: 'CNY' } }) });
    await sender.send({ event_type: `REFUND.${card}`, resource: { mchid: card, out_refund_no: card } });
    expect(logOf(stack, 'api')).toContain('[card number]');
    expect(logOf(stack, 'api')).not.toContain(card);
    const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(JSON.stringify(body)).not.toContain(card);
  }); // prettier-ignore

  test('threat 16: is one line of the log, whatever it says, and steers no terminal', async () => {
    const resource = sender.resourceOf(await unpaid(), { out_trade_no: 'x\r\n{"level":60}\u2028\u2029\u0085\u001b[31m\u009b2J\u202e' }); // prettier-ignore
    expect((await sender.send({ resource })).status).toBe(400);
    const lines = logOf(stack, 'api').split('\n').filter((line) => line.includes('nothing of ours') && line.includes('[31m')); // prettier-ignore
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      String.raw`x\r\n{\"level\":60}\u2028\u2029\u0085\u001b[31m\u009b2J\u202e`,
    );
    expect((JSON.parse(lines[0]!) as { reference: string }).reference).toContain('\u2028');
  });

  test('of more than 256 KiB is refused', async () => {
    const resource = { attach: 'x'.repeat(300_000) };
    expect((await sender.send({ resource })).status).toBe(413);
  });
});

describe('the channel’s callback', () => {
  const faults = [
    'forge_signature', 'wrong_key', 'tamper_ciphertext', 'stale_timestamp', 'malformed', 'wrong_amount', 'wrong_currency', 'other_order',
  ]; // prettier-ignore
  test.each(faults)('%s pays nothing; the true one, repeated, does', async (fault) => {
    const payment = await unpaid();
    await merchant.fault('callback', fault, { reference: payment.attempts[0].reference, count: 1 });
    await merchant.payer(payment, 'pay');
    const paid = await merchant.until(payment.id, isPaid);
    expect(paid).toMatchObject({ amount_captured: 1_999, outcome: 'known', late: false });
    expect(await merchant.books(paid)).toMatchObject({ paid_count: 1, refunded: 0 });
  });

  test.each(['duplicate', 'delay', 'reorder', 'drop'])('%s changes nothing in the end', async (fault) => {
    const payment = await unpaid();
    await merchant.fault('callback', fault, { copies: 10, delay_ms: 500, count: 1 });
    await merchant.payer(payment, 'pay');
    const paid = await merchant.until(payment.id, isPaid);
    expect(paid.attempts[0].amount_captured).toBe(1_999);
    expect(paid.refunds).toEqual([]);
  }); // prettier-ignore

  test('sent again a hundred times, side by side, is acknowledged each time and counted once', async () => {
    const payment = await unpaid();
    await merchant.payer(payment, 'pay');
    const paid = await merchant.until(payment.id, isPaid);
    const path = `/control/callbacks/wechat-pay/${payment.attempts[0].reference}/resend`;
    const { body } = await merchant.control('POST', path, { copies: 100, parallel: true });
    expect(body.statuses).toEqual(Array.from({ length: 100 }, () => 204));
    expect(await merchant.get(payment.id)).toEqual(paid);
  });
});
