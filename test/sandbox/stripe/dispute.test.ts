import { clockWasReset, later } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { errorOf, openStripeShop, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.reset();
  clockWasReset();
});

const disputes = () => shop.stripe.disputes;
const dayMs = 86_400_000;

/** A paid PaymentIntent that its payer disputes, and the dispute. */
async function disputed(more: object = {}, paying: object = {}) {
  const paid = await shop.confirmed('tok_ok', paying);
  const answer = await shop.act(referenceOf(paid), { action: 'dispute', ...more });
  const [dispute] = (await disputes().list({ payment_intent: paid.id })).data;
  return { paid, answer, dispute: dispute! };
}

const told = (id: string, what: string) =>
  shop.receiver.about(`charge.dispute.${what}`, id).then(({ data }) => data.object);

describe('a payer who disputes a payment at his bank', () => {
  test('has the money back at once, and the merchant some days to answer', async () => {
    const { paid, answer, dispute } = await disputed();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        state: 'paid',
        captured: 1_999,
        refunded: 0,
        disputes: [{ reference: dispute.id, amount: 1_999, state: 'opened' }],
      },
    });
    expect(dispute).toMatchObject({
      id: expect.stringMatching(/^du_\w+$/),
      object: 'dispute',
      amount: 1_999,
      currency: 'usd',
      charge: paid.latest_charge,
      payment_intent: paid.id,
      reason: 'fraudulent',
      status: 'needs_response',
      is_charge_refundable: false,
      evidence_details: { has_evidence: false, submission_count: 0, past_due: false },
      balance_transactions: [
        {
          id: expect.stringMatching(/^txn_\w+$/),
          type: 'adjustment',
          reporting_category: 'dispute',
          source: dispute.id,
          amount: -1_999,
          fee: 1_500,
          net: -3_499,
        },
      ],
    });
    expect(dispute.evidence_details.due_by! - dispute.created).toBe((9 * dayMs) / 1_000);
    expect(await told(dispute.id, 'created')).toMatchObject({ status: 'needs_response' });
    expect(await told(dispute.id, 'funds_withdrawn')).toMatchObject({ amount: 1_999 });
    const { latest_charge } = await shop.stripe.paymentIntents.retrieve(paid.id, {
      expand: ['latest_charge'],
    });
    expect(latest_charge).toMatchObject({ disputed: true, refunded: false });
  });

  test('may dispute a part of it, for another reason', async () => {
    const { dispute } = await disputed({ amount: 500, reason: 'product_not_received' });
    expect(dispute).toMatchObject({ amount: 500, reason: 'product_not_received' });
  });

  test.each([
    [{ reason: 'mood' }, 400, 'fraudulent'],
    [{ amount: 2_000 }, 400, 'there are 1999 left'],
  ])('cannot say %j', async (more, status, error) => {
    const { answer } = await disputed(more);
    expect(answer).toEqual({ status, body: { error: expect.stringContaining(error) } });
  });

  test('cannot dispute what he has not paid, or all of what he has got back or asked for', async () => {
    const { paid } = await disputed();
    const [held, open] = [await shop.held(), await shop.created()];
    for (const intent of [paid, held, open])
      expect((await shop.act(referenceOf(intent), { action: 'dispute' })).status).toBe(409);
    expect(await shop.transaction(referenceOf(held))).not.toHaveProperty('disputes');
  });

  test('gets no refund besides, but the rest of it', async () => {
    const { paid } = await disputed({ amount: 1_500 });
    const refund = (amount: number) =>
      shop.stripe.refunds.create({ payment_intent: paid.id, amount });
    expect(await errorOf(refund(500))).toMatchObject({ statusCode: 400, code: 'charge_disputed' });
    expect(await refund(499)).toMatchObject({ status: 'pending' });
    expect(await shop.violations()).toEqual([]);
  });
});

describe('a bank that decides a dispute', () => {
  const resolve = (intent: { metadata: any }, reason?: string) =>
    shop.act(referenceOf(intent), { action: 'resolve_dispute', reason });

  test('for the merchant gives the money back, and keeps the fee', async () => {
    const { paid, dispute } = await disputed();
    expect(await resolve(paid, 'won')).toMatchObject({ body: { disputes: [{ state: 'won' }] } });
    expect(await told(dispute.id, 'closed')).toMatchObject({ status: 'won' });
    const back = await told(dispute.id, 'funds_reinstated');
    expect(back.balance_transactions).toMatchObject([
      { net: -3_499 },
      { reporting_category: 'dispute_reversal', amount: 1_999, fee: 0, net: 1_999 },
    ]);
    const again = { action: 'dispute', reason: 'duplicate' };
    expect((await shop.act(referenceOf(paid), again)).body.disputes).toMatchObject([
      { state: 'won' },
      { state: 'opened' },
    ]);
  });

  test('for the payer says so, once', async () => {
    const { paid, dispute } = await disputed();
    expect(await resolve(paid, 'lost')).toMatchObject({ body: { disputes: [{ state: 'lost' }] } });
    expect(await told(dispute.id, 'closed')).toMatchObject({ status: 'lost' });
    expect((await resolve(paid, 'won')).status).toBe(409);
    expect((await resolve(paid)).status).toBe(400);
  });

  test('decides for the payer when the merchant says nothing in time, also after kill -9', async () => {
    const { dispute } = await disputed();
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    await later(shop.sandbox, 9 * dayMs);
    expect(await told(dispute.id, 'closed')).toMatchObject({ status: 'lost' });
  });
});

describe('a merchant whose payment is disputed', () => {
  const evidence = { uncategorized_text: 'He wore it to the shop.', shipping_carrier: 'FedEx' };

  test('keeps his evidence back until it is complete, then submits it once', async () => {
    const { dispute } = await disputed();
    const staged = await disputes().update(dispute.id, { evidence, submit: false });
    expect(staged).toMatchObject({
      status: 'needs_response',
      evidence: { ...evidence, receipt: null },
      evidence_details: { has_evidence: true, submission_count: 0 },
    });
    const sent = await disputes().update(dispute.id, { submit: true });
    expect(sent).toMatchObject({
      status: 'under_review',
      evidence,
      evidence_details: { submission_count: 1 },
    });
    await told(dispute.id, 'updated');
    expect(await errorOf(disputes().update(dispute.id, { evidence }))).toMatchObject({
      statusCode: 400,
    });
    expect(await shop.violations()).toMatchObject([{ rule: 'dispute_answered_too_late' }]);
    expect(await disputes().update(dispute.id, { metadata: { case: '7' } })).toMatchObject({
      metadata: { case: '7' },
      status: 'under_review',
    });
  });

  test.each([
    ['winning_evidence', 'won'],
    ['losing_evidence', 'lost'],
  ])('with %s has %s', async (uncategorized_text, status) => {
    const { dispute } = await disputed();
    const sent = await disputes().update(dispute.id, { evidence: { uncategorized_text } });
    expect(sent.status).toBe(status);
    expect(await told(dispute.id, 'closed')).toMatchObject({ status });
  });

  test('gives up, and has lost', async () => {
    const { paid, dispute } = await disputed();
    expect(await disputes().close(dispute.id)).toMatchObject({ status: 'lost' });
    expect(await errorOf(disputes().close(dispute.id))).toMatchObject({ statusCode: 400 });
    expect(await shop.violations()).toMatchObject([
      { reference: referenceOf(paid), rule: 'dispute_closed_too_late' },
    ]);
  });

  test('finds it by its number, by its charge and among all, newest first', async () => {
    const { paid, dispute } = await disputed();
    const { dispute: other } = await disputed();
    expect((await disputes().retrieve(dispute.id)).id).toBe(dispute.id);
    const ofCharge = await disputes().list({ charge: paid.latest_charge as string });
    expect(ofCharge.data.map(({ id }) => id)).toEqual([dispute.id]);
    expect((await disputes().list()).data.map(({ id }) => id)).toEqual([other.id, dispute.id]);
    for (const missing of [freshNumber('du'), paid.id])
      expect(await errorOf(disputes().retrieve(missing))).toMatchObject({
        statusCode: 404,
        code: 'resource_missing',
      });
  });
});
