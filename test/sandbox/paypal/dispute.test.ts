import { clockWasReset, later } from '../later.ts';
import {
  captureOf,
  holdOf,
  issueOf,
  openPaypalShop,
  type PaypalShop,
  referenceOf,
  usd,
} from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.reset();
  clockWasReset();
});

const path = '/v1/customer/disputes';
const dayMs = 86_400_000;
const get = async (id: string) => (await shop.call('GET', `${path}/${id}`)).body;
const listed = async (query = '') => (await shop.call('GET', path + query)).body.items;
const told = async (type: string, id: string) =>
  (await shop.receiver.event(`CUSTOMER.DISPUTE.${type}`, id)).resource;

/** A captured order that its buyer disputes, and the dispute. */
async function disputed(more: object = {}) {
  const order = await shop.captured();
  const answer = await shop.act(order, { action: 'dispute', ...more });
  const [item] = await listed(`?disputed_transaction_id=${captureOf(order).id}`);
  return { order, answer, id: item?.dispute_id as string };
}

describe('a buyer who disputes a payment', () => {
  test('is heard, and so is the seller', async () => {
    const { order, answer, id } = await disputed();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        state: 'paid',
        captured: 1_999,
        refunded: 0,
        disputes: [{ reference: id, amount: 1_999, state: 'opened' }],
      },
    });
    const dispute = await get(id);
    expect(dispute).toMatchObject({
      dispute_id: expect.stringMatching(/^PP-R-\w+-\d+$/),
      reason: 'UNAUTHORISED',
      status: 'WAITING_FOR_SELLER_RESPONSE',
      dispute_state: 'REQUIRED_ACTION',
      dispute_amount: usd('19.99'),
      dispute_life_cycle_stage: 'CHARGEBACK',
      disputed_transactions: [
        {
          seller_transaction_id: captureOf(order).id,
          transaction_status: 'COMPLETED',
          gross_amount: usd('19.99'),
          custom: referenceOf(order),
          invoice_number: referenceOf(order),
        },
      ],
      links: [{ rel: 'self' }, { rel: 'provide_evidence' }, { rel: 'accept_claim' }],
    });
    const { seller_response_due_date, create_time } = dispute;
    expect(Date.parse(seller_response_due_date) - Date.parse(create_time)).toBe(10 * dayMs);
    expect(await told('CREATED', id)).toEqual(dispute);
  });

  test('may dispute a part, for another reason, of a capture of a hold', async () => {
    const held = await shop.held();
    const captures = `/v2/payments/authorizations/${holdOf(held).id}/capture`;
    const [first, second] = [
      await shop.call('POST', captures, { amount: usd('5.00') }),
      await shop.call('POST', captures, { amount: usd('3.00') }),
    ];
    const part = { action: 'dispute', amount: 200, reason: 'INCORRECT_AMOUNT' };
    expect((await shop.act(held, part)).body.disputes).toMatchObject([{ amount: 200 }]);
    await shop.act(held, { action: 'dispute' });
    await shop.act(held, { action: 'dispute' });
    const ofSecond = await listed(`?disputed_transaction_id=${second.body.id}`);
    expect(ofSecond.map((one: any) => one.dispute_amount)).toEqual([usd('1.00'), usd('2.00')]);
    expect(ofSecond[1].reason).toBe('INCORRECT_AMOUNT');
    expect(await listed(`?disputed_transaction_id=${first.body.id}`)).toMatchObject([
      { dispute_amount: usd('5.00') },
    ]);
    expect(await listed('?page_size=2')).toHaveLength(2);
    expect((await shop.act(held, { action: 'dispute' })).status).toBe(409);
  });

  test.each([
    [{ reason: 'MOOD' }, 'UNAUTHORISED'],
    [{ amount: 2_000 }, 'there are 1999 left'],
  ])('cannot say %j', async (more, error) => {
    const { answer, order } = await disputed(more);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(error) } });
    expect(await shop.transaction(order)).not.toHaveProperty('disputes');
  });

  test('cannot dispute what he has not paid', async () => {
    const approved = await shop.approved();
    expect((await shop.act(approved, { action: 'dispute' })).status).toBe(409);
  });

  test('gets no refund besides, but the rest of it', async () => {
    const { order } = await disputed({ amount: 1_500 });
    const refund = (value: string) => shop.refund(captureOf(order), { amount: usd(value) });
    const refused = await refund('5.00');
    expect([refused.status, issueOf(refused)]).toEqual([422, 'TRANSACTION_DISPUTED']);
    expect((await refund('4.99')).status).toBe(201);
    expect(await shop.violations()).toEqual([]);
  });
});

describe('PayPal, when it decides a dispute', () => {
  const resolve = (order: any, reason?: string) =>
    shop.act(order, { action: 'resolve_dispute', reason });

  test('for the seller leaves him the money', async () => {
    const { order, id } = await disputed();
    expect(await resolve(order, 'won')).toMatchObject({ body: { disputes: [{ state: 'won' }] } });
    expect(await told('RESOLVED', id)).toMatchObject({
      status: 'RESOLVED',
      dispute_state: 'RESOLVED',
      dispute_outcome: { outcome_code: 'RESOLVED_SELLER_FAVOUR' },
      disputed_transactions: [{ transaction_status: 'COMPLETED' }],
    });
    expect((await shop.refund(captureOf(order))).status).toBe(201);
  });

  test('for the buyer gives it to him, once', async () => {
    const { order, id } = await disputed();
    expect(await resolve(order, 'lost')).toMatchObject({ body: { disputes: [{ state: 'lost' }] } });
    expect(await told('RESOLVED', id)).toMatchObject({
      dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: usd('19.99') },
      money_movements: [
        { affected_party: 'BUYER', type: 'CREDIT', amount: usd('19.99') },
        { affected_party: 'SELLER', type: 'DEBIT', amount: usd('19.99') },
      ],
      links: [{ rel: 'self' }],
    });
    expect((await resolve(order, 'won')).status).toBe(409);
    expect((await resolve(order)).status).toBe(400);
  });

  test('decides for the buyer when the seller says nothing in time, also after kill -9', async () => {
    const { id } = await disputed();
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    await later(shop.sandbox, 10 * dayMs);
    expect(await told('RESOLVED', id)).toMatchObject({
      dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR' },
    });
  });
});

describe('a seller whose payment is disputed', () => {
  const evidence = {
    evidences: [{ evidence_type: 'PROOF_OF_FULFILLMENT', notes: 'He wore it to the shop.' }],
  };
  const provide = (id: string, body: unknown, headers = {}) =>
    shop.call('POST', `${path}/${id}/provide-evidence`, body, headers);

  test('brings his evidence with a file, and PayPal thinks about it', async () => {
    const { order, id } = await disputed();
    const form = new FormData();
    form.append('input', new Blob([JSON.stringify(evidence)], { type: 'application/json' }));
    form.append('evidence-file', new Blob(['%PDF-1.4'], { type: 'application/pdf' }), 'slip.pdf');
    const packed = new Response(form);
    const type = { 'Content-Type': packed.headers.get('Content-Type')! };
    const answer = await provide(id, await packed.text(), type);
    expect(answer).toMatchObject({ status: 200, body: { links: [{ rel: 'self' }] } });
    const reviewed = { status: 'UNDER_REVIEW', dispute_state: 'UNDER_PAYPAL_REVIEW', ...evidence };
    expect(await told('UPDATED', id)).toMatchObject(reviewed);
    expect(await get(id)).toMatchObject({ ...reviewed, links: [{ rel: 'self' }] });
    const again = await provide(id, evidence);
    expect([again.status, issueOf(again)]).toEqual([
      422,
      'ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE',
    ]);
    expect(await shop.violations()).toMatchObject([
      { reference: referenceOf(order), rule: 'dispute_answered_too_late' },
    ]);
  });

  test('brings none: it is not well formed', async () => {
    const { id } = await disputed();
    for (const body of [{}, { evidences: [] }]) expect((await provide(id, body)).status).toBe(400);
  });

  test('gives in', async () => {
    const { id } = await disputed();
    const accept = () => shop.call('POST', `${path}/${id}/accept-claim`, { note: 'Sorry.' });
    expect((await accept()).status).toBe(200);
    expect(await get(id)).toMatchObject({
      dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR' },
    });
    expect((await accept()).status).toBe(422);
  });

  test('finds none that is not there', async () => {
    expect((await shop.call('GET', `${path}/PP-R-HFS-1`)).status).toBe(404);
  });
});
