import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { sendAdyenItem } from '../support/adyen-item.ts';
import { launch, type Launched, logOf } from '../support/launcher.ts';
import { anotherMerchant, Merchant } from '../support/merchant.ts';
import { StripeEventSender } from '../support/stripe-event.ts';

let stack: Launched;
let merchant: Merchant;
let stripe: StripeEventSender;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  stripe = await StripeEventSender.of(merchant);
});
afterAll(() => stack.remove());

const now = () => Math.floor(Date.now() / 1_000);
/** Letters alone: one in some thousand with digits looks as if it held a card number, and loses it. */
const numbered = () =>
  `du_${randomUUID()
    .replaceAll('-', '')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))}`;

async function paidByCard(): Promise<any> {
  const { body } = await merchant.create({ method: { type: 'card', token: 'tok_ok' }, currency: 'USD' }); // prettier-ignore
  return merchant.until(body.id, ({ status }) => status === 'succeeded');
}

const disputesOf = async (payment: any): Promise<any[]> =>
  (await merchant.call('GET', `/v1/disputes?payment_id=${payment.id}`)).body.data;

/** The dispute of this payment once it looks like this. */
async function until(payment: any, looks: object): Promise<any> {
  const isSo = (one: any) => Object.entries(looks).every(([name, value]) => one[name] === value);
  for (const deadline = Date.now() + 30_000; ;) {
    const found = (await disputesOf(payment)).find(isSo);
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`never ${JSON.stringify(looks)}: ${JSON.stringify(await disputesOf(payment))}`); // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The API's log is written by another process. */
async function logged(words: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; !logOf(stack, 'api').includes(words);) {
    if (Date.now() > deadline) throw new Error(`never logged: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const told = async ({ id }: any): Promise<string[]> => {
  const { body } = await merchant.call('GET', `/v1/events?object_id=${id}`);
  return body.data.map(({ type, sequence }: any) => `${sequence} ${type}`).toReversed();
};

describe('a dispute that the channel tells of', () => {
  test('is kept with its payment, which stays paid, until it is won', async () => {
    const payment = await paidByCard();
    const id = numbered();
    const at = now();
    expect(await stripe.disputed(payment, 'created', { id, at })).toEqual({ status: 200 });
    const opened = await until(payment, { status: 'opened' });
    expect(opened).toMatchObject({
      object: 'dispute', payment_id: payment.id, attempt_id: payment.attempts[0].id, amount: 1_999, currency: 'USD',
      amount_withdrawn: 0, stage: 'chargeback', reason: 'fraudulent', channel_reference: id, channel_status: 'needs_response',
      due_by: new Date((at + 864_000) * 1_000).toISOString(),
    }); // prettier-ignore
    expect((await merchant.call('GET', `/v1/disputes/${opened.id}`)).body).toEqual(opened);
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', amount_captured: 1_999, amount_disputed: 1_999 }); // prettier-ignore

    await stripe.disputed(payment, 'funds_withdrawn', { id, at });
    await until(payment, { amount_withdrawn: 1_999 });
    await stripe.disputed(payment, 'updated', { id, at: at + 1, status: 'under_review' });
    await until(payment, { status: 'under_review' });
    await stripe.disputed(payment, 'funds_reinstated', { id, at: at + 2, status: 'won' });
    await until(payment, { status: 'won', amount_withdrawn: 0 });
    await stripe.disputed(payment, 'closed', { id, at: at + 2, status: 'won' }); // no news
    expect(await merchant.get(payment.id)).toMatchObject({
      status: 'succeeded',
      amount_disputed: 0,
    });
    expect(await told(opened)).toEqual(['1 dispute.opened', '2 dispute.updated', '3 dispute.updated', '4 dispute.won']); // prettier-ignore
  });

  test('of a part bars the refund of that part and no more', async () => {
    const payment = await paidByCard();
    await stripe.disputed(payment, 'created', { id: numbered(), at: now(), amount: 1_500 });
    await until(payment, { status: 'opened' });
    const refused = await merchant.refund(payment.id, { amount: 500 });
    expect(refused).toMatchObject({ status: 422, body: { code: 'refund_exceeds_captured', detail: expect.stringContaining('disputed') } }); // prettier-ignore
    expect(await merchant.refund(payment.id)).toMatchObject({ status: 201, body: { amount: 499 } });
  });

  test('that is lost takes the money from the merchant, as the timeline shows', async () => {
    const payment = await paidByCard();
    const [id, at] = [numbered(), now()];
    await stripe.disputed(payment, 'closed', { id, at: at + 9, status: 'lost' }); // before its opening is heard of
    await until(payment, { status: 'lost' });
    await stripe.disputed(payment, 'funds_withdrawn', { id, at });
    await stripe.disputed(payment, 'created', { id, at });
    const lost = await until(payment, { status: 'lost', amount_withdrawn: 1_999 });
    expect(await disputesOf(payment)).toEqual([lost]);
    expect(await merchant.get(payment.id)).toMatchObject({
      status: 'succeeded',
      amount_disputed: 1_999,
    });
    const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    const booked = body.data.filter(({ kind }: any) => kind === 'posting').map(({ summary }: any) => summary); // prettier-ignore
    expect(booked.toSorted()).toEqual(['dispute lost', 'dispute withdrawn', 'order paid']);
    const heard = body.data.filter(({ kind, sequence }: any) => kind === 'callback' && sequence !== null); // prettier-ignore
    expect(heard.map(({ summary }: any) => summary)).toContain(`the channel called back: dispute ${id} is lost`); // prettier-ignore
  });

  test('told many times at once is one, with one event', async () => {
    const payment = await paidByCard();
    const [id, at] = [numbered(), now()];
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => stripe.disputed(payment, 'created', { id, at })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const opened = await until(payment, { status: 'opened' });
    await stripe.disputed(payment, 'closed', { id, at: at + 1, status: 'won' });
    await until(payment, { status: 'won' });
    expect(await told(opened)).toEqual(['1 dispute.opened', '2 dispute.won']);
  });

  test('of more than was asked for is one of all that was paid, with a case', async () => {
    const payment = await paidByCard();
    const id = numbered();
    expect(await stripe.disputed(payment, 'created', { id, at: now(), amount: 2_000 })).toEqual({ status: 200 }); // prettier-ignore
    await until(payment, { channel_reference: id, amount: 1_999 });
    const { body } = await merchant.call('GET', `/v1/cases?payment_id=${payment.id}`);
    expect(body.data).toMatchObject([{ kind: 'conflict', allowed: ['treat_as_paid', 'treat_as_unpaid'] }]); // prettier-ignore
  });

  test.each([
    ['of another currency', () => ({ id: numbered(), currency: 'eur' })],
    ['under a number longer than Stripe gives out', () => ({ id: numbered().padEnd(256, 'x') })],
  ])('%s is refused, and is none', async (_, odd) => {
    const payment = await paidByCard();
    expect(await stripe.disputed(payment, 'created', { at: now(), ...odd() })).toEqual({ status: 400 }); // prettier-ignore
    const [id, at] = [numbered(), now()];
    await stripe.disputed(payment, 'created', { id, at }); // what comes after it is heard
    await until(payment, { channel_reference: id });
    expect(await disputesOf(payment)).toHaveLength(1);
  });

  test('of somebody else’s payment over the same account is accepted and kept out', async () => {
    const elsewhere = { amount: 5, currency: 'USD', channel_reference: `pi_${numbered()}` };
    expect(await stripe.disputed(elsewhere, 'created', { id: numbered(), at: now() })).toEqual({ status: 200 }); // prettier-ignore
    await logged('a callback about nothing of ours');
  });
});

async function paidByPaypal(): Promise<any> {
  const { body } = await merchant.create({ method: { type: 'paypal' }, currency: 'USD' });
  await merchant.payer(body, 'pay');
  return merchant.until(body.id, ({ status }) => status === 'succeeded');
}

describe.each([
  ['Stripe', paidByCard],
  ['PayPal', paidByPaypal],
])('at %s a payer disputes a part of what he paid', (_channel, paid) => {
  test.each([
    ['lost', 500, 500],
    ['won', 0, 0],
  ])('and it is %s', async (outcome, amount_disputed, amount_withdrawn) => {
    const payment = await paid();
    expect(await merchant.payer(payment, 'dispute', { amount: 500 })).toMatchObject({
      status: 200,
    });
    const { id } = await until(payment, { status: 'opened', amount: 500, stage: 'chargeback' });
    const refused = await merchant.refund(payment.id, { amount: 1_500 });
    expect(refused).toMatchObject({ status: 422, body: { code: 'refund_exceeds_captured' } });
    const resolved = await merchant.payer(payment, 'resolve_dispute', { reason: outcome });
    expect(resolved).toMatchObject({ status: 200 });
    await until(payment, { id, status: outcome, amount_withdrawn });
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', amount_disputed });
  });
});

test('at Adyen a chargeback is defended, reversed, and comes a second time', async () => {
  const { body } = await merchant.create({ currency: 'KWD', method: { type: 'card', token: 'tok_ok' }, return_url: 'https://shop.example/back' }); // prettier-ignore
  const payment = await merchant.until(body.id, ({ status }) => status === 'succeeded');
  const pspReference = numbered();
  const course = [
    ['NOTIFICATION_OF_CHARGEBACK', { status: 'opened', amount_withdrawn: 0 }],
    ['CHARGEBACK', { status: 'opened', amount_withdrawn: 1_999 }],
    ['INFORMATION_SUPPLIED', { status: 'under_review', amount_withdrawn: 1_999 }],
    ['CHARGEBACK_REVERSED', { status: 'won', amount_withdrawn: 0 }],
    ['SECOND_CHARGEBACK', { status: 'lost', stage: 'arbitration', amount_withdrawn: 1_999 }],
  ] as const;
  for (const [eventCode, looks] of course) {
    expect(await sendAdyenItem(merchant, payment, { eventCode, pspReference })).toBe(200);
    await until(payment, looks);
  }
  expect(await sendAdyenItem(merchant, payment, { eventCode: 'CHARGEBACK', pspReference })).toBe(
    200,
  ); // again, and late
  expect(await disputesOf(payment)).toMatchObject([{ status: 'lost', channel_reference: pspReference }]); // prettier-ignore
  expect(await merchant.get(payment.id)).toMatchObject({
    status: 'succeeded',
    amount_disputed: 1_999,
  });
});

describe('disputes', () => {
  test('are listed by payment and status, newest first, and belong to their merchant', async () => {
    const payment = await paidByCard();
    const [first, second] = [numbered(), numbered()];
    for (const id of [first, second]) {
      await stripe.disputed(payment, 'created', { id, at: now(), amount: 100 });
      await until(payment, { channel_reference: id });
    }
    await stripe.disputed(payment, 'closed', { id: first, at: now() + 5, status: 'won', amount: 100 }); // prettier-ignore
    const won = await until(payment, { status: 'won' });
    expect((await disputesOf(payment)).map((one) => one.channel_reference)).toEqual([
      second,
      first,
    ]);
    const { body } = await merchant.call('GET', `/v1/disputes?payment_id=${payment.id}&status=won`);
    expect(body.data).toEqual([won]);
    const another = anotherMerchant(stack);
    expect(await another.call('GET', `/v1/disputes/${won.id}`)).toMatchObject({ status: 404, body: { code: 'not_found' } }); // prettier-ignore
    expect((await another.call('GET', '/v1/disputes')).body.data).toEqual([]);
    expect(await merchant.call('GET', '/v1/disputes?status=disputed')).toMatchObject({
      status: 400,
    });
  });
});

describe('what a merchant says against a dispute', () => {
  const disputed = async (): Promise<any> => {
    const payment = await paidByCard();
    expect((await merchant.payer(payment, 'dispute')).status).toBe(200);
    return { payment, dispute: await until(payment, { status: 'opened' }) };
  };
  const say = (dispute: any, evidence: object, key?: string) =>
    merchant.call('POST', `/v1/disputes/${dispute.id}/evidence`, { evidence, wait: 30 }, key ? { 'Idempotency-Key': key } : {}); // prettier-ignore
  const said = async ({ id }: any): Promise<any[]> =>
    (await merchant.call('GET', `/v1/disputes/${id}/evidence`)).body.data;
  const winning = { explanation: 'winning_evidence', customer_name: 'Ada Lovelace' }; // the sandbox's bank believes it
  afterEach(() => merchant.control('DELETE', '/control/faults'));

  test('is told to the payer’s bank once, and wins it', async () => {
    const { payment, dispute } = await disputed();
    const { status, body } = await say(dispute, winning);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        object: 'evidence',
        dispute_id: dispute.id,
        status: 'submitted',
        fields: ['explanation', 'customer_name'],
        detail: null,
      },
    });
    expect(JSON.stringify(body)).not.toContain('Lovelace');
    await until(payment, { status: 'won' });
    const again = await say(dispute, winning);
    expect(again).toMatchObject({ status: 409, body: { code: 'dispute_not_answerable' } });
    expect(await said(dispute)).toEqual([body]);
  });

  test('is told once, whatever becomes of the calls and however often it is asked', async () => {
    const { payment, dispute } = await disputed();
    await merchant.fault('any', 'timeout_after_commit', { channel: 'stripe', count: 2 });
    const answers = await Promise.all(['a', 'a', 'a'].map((key) => say(dispute, winning, `${key}-${String(dispute.id)}`))); // prettier-ignore
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await until(payment, { status: 'won' });
    for (const end = Date.now() + 30_000; (await said(dispute))[0].status !== 'submitted';) {
      if (Date.now() > end) throw new Error(JSON.stringify(await said(dispute)));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(await said(dispute)).toHaveLength(1);
    expect(JSON.stringify(await merchant.violations())).not.toContain('answered_too_late');
  });

  test('is refused where it is empty, unknown, of nobody’s dispute, or not for us to tell', async () => {
    const { dispute } = await disputed();
    for (const words of [{}, { explanation: '' }])
      expect(await say(dispute, words)).toMatchObject({ status: 400, body: { code: 'invalid_field' } }); // prettier-ignore
    expect(await say(dispute, { excuse: 'x' })).toMatchObject({ body: { code: 'unknown_field' } });
    const other = anotherMerchant(stack);
    const path = `/v1/disputes/${dispute.id}/evidence`;
    for (const method of ['GET', 'POST'])
      expect((await other.call(method, path, method === 'POST' ? { evidence: winning } : undefined)).status).toBe(404); // prettier-ignore
    const { body } = await merchant.create({ currency: 'KWD', method: { type: 'card', token: 'tok_ok' }, return_url: 'https://shop.example/back' }); // prettier-ignore
    const adyen = await merchant.until(body.id, ({ status }) => status === 'succeeded');
    await sendAdyenItem(merchant, adyen, { eventCode: 'CHARGEBACK', pspReference: numbered() });
    const elsewhere = await until(adyen, { status: 'opened' });
    expect(await say(elsewhere, winning)).toMatchObject({ status: 422, body: { code: 'evidence_not_supported' } }); // prettier-ignore
  });
});

test('at the end the ledger balances', () => {
  const args = ['--import', 'tsx', 'src/stack/ledger-verify.ts', '--json'];
  const { stdout } = spawnSync(process.execPath, args, { env: stack.env, encoding: 'utf8' });
  expect(JSON.parse(stdout)).toMatchObject({ balanced: true });
});
