import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { captureOf, issueOf, openPaypalShop, type PaypalShop, referenceOf, usd } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const orders = '/v2/checkout/orders';
const get = (id: string) => shop.call('GET', `${orders}/${id}`);
const rels = ({ links }: any) => links.map(({ rel }: any) => rel as string);

describe('an order', () => {
  test('is created, and sends the payer to the cashier', async () => {
    const order = await shop.created();
    expect(order).toMatchObject({
      id: expect.stringMatching(/^[0-9A-Z]{17}$/),
      intent: 'CAPTURE',
      status: 'PAYER_ACTION_REQUIRED',
      payment_source: { paypal: {} },
      purchase_units: [
        {
          reference_id: 'default',
          amount: usd('19.99'),
          payee: { merchant_id: shop.keys.merchant_id },
        },
      ],
      create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(order.links).toEqual([
      { rel: 'self', method: 'GET', href: `${shop.sandbox.paypal}${orders}/${order.id}` },
      { rel: 'payer-action', method: 'GET', href: `${shop.sandbox.paypal}/checkoutnow?token=${order.id}` },
    ]); // prettier-ignore
    expect((await get(order.id)).body).toEqual(order);
    expect(await shop.transaction(order)).toMatchObject({
      account: shop.keys.channel_account,
      channel_reference: order.id,
      state: 'created',
      paid_count: 0,
    });
  });

  test('without a payment source is CREATED and may be approved', async () => {
    const asked = { ...shop.order(), payment_source: undefined };
    const { status, body } = await shop.call('POST', orders, asked);
    expect([status, body.status]).toEqual([201, 'CREATED']);
    expect(rels(body)).toEqual(['self', 'approve', 'capture']);
  });

  test('is told with no more than is needed, unless all is preferred', async () => {
    const { status, body } = await shop.call('POST', orders, shop.order(), { Prefer: '' });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['id', 'status', 'payment_source', 'links']);
  });

  test('without custom_id is known by its invoice_id, without both by PayPal’s number', async () => {
    const amount = usd('1.00');
    const by = async (unit: object) => {
      const { id } = await shop.created({ purchase_units: [{ amount, ...unit }] });
      const { transactions } = (await shop.sandbox.call('GET', '/control/books')).body;
      return [id, transactions.at(-1).reference];
    };
    const invoice_id = freshNumber('inv');
    expect((await by({ invoice_id }))[1]).toBe(invoice_id);
    const [id, reference] = await by({});
    expect(reference).toBe(id);
  });

  test('that nobody made is not found', async () => {
    const answer = await get('5O190127TN364715T');
    expect([answer.status, answer.body.name]).toEqual([404, 'RESOURCE_NOT_FOUND']);
    expect(issueOf(answer)).toBe('INVALID_RESOURCE_ID');
  });
});

describe('an order that its payer approves', () => {
  test('has moved no money, and can be captured', async () => {
    const order = await shop.approved();
    expect([order.status, rels(order)]).toEqual(['APPROVED', ['self', 'capture']]);
    expect(order.payer).toMatchObject({
      payer_id: expect.any(String),
      email_address: expect.any(String),
    });
    const { resource } = await shop.receiver.event('CHECKOUT.ORDER.APPROVED', referenceOf(order));
    expect(resource).toEqual(order);
    expect(await shop.transaction(order)).toMatchObject({ state: 'created', paid_count: 0 });
  });

  test('is captured once: the capture has the money, its fee and both numbers', async () => {
    const order = await shop.approved();
    const { status, body } = await shop.capture(order);
    expect([status, body.status]).toEqual([201, 'COMPLETED']);
    const capture = captureOf(body);
    expect(capture).toMatchObject({
      id: expect.stringMatching(/^[0-9A-Z]{17}$/),
      status: 'COMPLETED',
      amount: usd('19.99'),
      final_capture: true,
      custom_id: referenceOf(order),
      invoice_id: referenceOf(order),
      seller_receivable_breakdown: {
        gross_amount: usd('19.99'),
        paypal_fee: usd('0.69'),
        net_amount: usd('19.30'),
      },
      supplementary_data: { related_ids: { order_id: order.id } },
    });
    expect((await get(order.id)).body).toEqual(body);
    expect((await shop.call('GET', `/v2/payments/captures/${capture.id}`)).body).toEqual(capture);
    expect(await shop.transaction(order)).toMatchObject({
      channel_reference: capture.id,
      state: 'paid',
      paid_count: 1,
      captured: 1_999,
    });
    const again = await shop.capture(order);
    expect([again.status, issueOf(again)]).toEqual([422, 'ORDER_ALREADY_CAPTURED']);
    const event = await shop.receiver.event('PAYMENT.CAPTURE.COMPLETED', referenceOf(order));
    expect(event.resource).toEqual(capture);
  });

  test('tells of its capture at once even to who prefers the least', async () => {
    const { body } = await shop.capture(await shop.approved(), { Prefer: '' });
    expect(Object.keys(body)).toEqual([
      'id', 'status', 'payment_source', 'purchase_units', 'payer', 'links',
    ]); // prettier-ignore
    expect(captureOf(body)).toMatchObject({ status: 'COMPLETED', amount: usd('19.99') });
  });

  test.each([
    ['INSTRUMENT_DECLINED', 'redirect'],
    ['PAYER_ACTION_REQUIRED', 'payer-action'],
    ['PAYER_CANNOT_PAY', 'redirect'],
    ['TRANSACTION_REFUSED', 'redirect'],
  ])('with funds that are no good is refused at the capture: %s', async (reason, rel) => {
    const order = await shop.approved({}, { action: 'decline', reason });
    const answer = await shop.capture(order);
    expect([answer.status, issueOf(answer)]).toEqual([422, reason]);
    const href = `${shop.sandbox.paypal}/checkoutnow?token=${order.id}`;
    expect(answer.body.links.at(-1)).toEqual({ rel, method: 'GET', href });
    expect(await shop.transaction(order)).toMatchObject({ state: 'created', paid_count: 0 });
    await shop.act(order, { action: 'pay' });
    expect((await shop.capture(order)).body.status).toBe('COMPLETED');
  });
});

describe('a capture', () => {
  test('before the payer approves is refused, and no violation', async () => {
    const order = await shop.created();
    const answer = await shop.capture(order);
    expect([answer.status, issueOf(answer)]).toEqual([422, 'ORDER_NOT_APPROVED']);
    expect(await shop.violations()).toEqual([]);
  });

  test('of an order that is to be authorized is refused, and the other way round', async () => {
    const held = await shop.approved({ intent: 'AUTHORIZE' });
    expect(issueOf(await shop.capture(held))).toBe('ACTION_DOES_NOT_MATCH_INTENT');
    const { id } = await shop.approved();
    const authorize = await shop.call('POST', `${orders}/${id}/authorize`, {});
    expect(issueOf(authorize)).toBe('ACTION_DOES_NOT_MATCH_INTENT');
  });

  test('may come without any body', async () => {
    const { id } = await shop.approved();
    expect((await shop.call('POST', `${orders}/${id}/capture`)).status).toBe(201);
  });

  test('of a second order with the invoice of a paid one is refused', async () => {
    const reference = freshNumber();
    const twin = () => shop.order(reference);
    await shop.captured(twin());
    const second = await shop.approved(twin());
    expect(issueOf(await shop.capture(second))).toBe('DUPLICATE_INVOICE_ID');
    expect(await shop.transaction(second)).toMatchObject({ paid_count: 1, captured: 1_999 });
  });

  test('of a second order without an invoice charges the payer twice: a violation', async () => {
    const purchase_units = [{ custom_id: freshNumber(), amount: usd('19.99') }];
    await shop.captured({ purchase_units });
    const second = await shop.captured({ purchase_units });
    expect(await shop.transaction(second)).toMatchObject({ paid_count: 2, captured: 3_998 });
    expect(await shop.violations()).toMatchObject([{ rule: 'reference_charged_twice' }]);
  });
});

describe('a capture that is pending', () => {
  const pending = async (reason = 'PENDING_REVIEW') => {
    const order = await shop.approved({}, { action: 'pay', reason });
    return (await shop.capture(order)).body;
  };

  test('is no money yet, and says why', async () => {
    const order = await pending('ECHECK');
    expect(order.status).toBe('COMPLETED');
    expect(captureOf(order)).toMatchObject({
      status: 'PENDING',
      status_details: { reason: 'ECHECK' },
    });
    expect(captureOf(order)).not.toHaveProperty('seller_receivable_breakdown');
    expect(await shop.transaction(order)).toMatchObject({ state: 'created', captured: 0 });
    const event = await shop.receiver.event('PAYMENT.CAPTURE.PENDING', referenceOf(order));
    expect(event.resource).toEqual(captureOf(order));
    expect(issueOf(await shop.refund(captureOf(order)))).toBe('PENDING_CAPTURE');
    expect(issueOf(await shop.capture(order))).toBe('ORDER_ALREADY_CAPTURED');
  });

  test.each([
    ['pay', 'COMPLETED', 'PAYMENT.CAPTURE.COMPLETED', { state: 'paid', captured: 1_999 }],
    ['decline', 'DECLINED', 'PAYMENT.CAPTURE.DENIED', { state: 'declined', captured: 0 }],
  ])('ends by the act %s: %s', async (action, status, type, books) => {
    const order = await pending();
    expect((await shop.act(order, { action })).body).toMatchObject(books);
    expect(captureOf((await get(order.id)).body).status).toBe(status);
    const { resource } = await shop.receiver.event(type, referenceOf(order));
    expect(resource).toMatchObject({ id: captureOf(order).id, status });
  });

  test('completes by itself, also after kill -9', async () => {
    const quick = await openPaypalShop({ SANDBOX_PROCESSING_MS: '700' });
    const order = await quick.approved({}, { action: 'pay', reason: 'PENDING_REVIEW' });
    expect(captureOf((await quick.capture(order)).body).status).toBe('PENDING');
    await quick.sandbox.stop('SIGKILL');
    quick.sandbox = await quick.sandbox.again();
    await until(
      () => quick.transaction(order),
      ({ state }) => state === 'paid',
    );
    await quick.receiver.event('PAYMENT.CAPTURE.COMPLETED', referenceOf(order));
    await quick.close();
  });
});

describe('an order of which no money is taken', () => {
  test('is no more after its time, also after kill -9, and twice that once it is approved', async () => {
    const brief = await openPaypalShop({ SANDBOX_PAYPAL_ORDER_S: '4' });
    const [open, approved] = [await brief.created(), await brief.approved()];
    await brief.sandbox.stop('SIGKILL');
    brief.sandbox = await brief.sandbox.again();
    const gone = async ({ id }: any) =>
      (await brief.call('GET', `${orders}/${id}`).catch(() => ({ status: 0 }))).status === 404;
    await until(() => gone(open), Boolean);
    expect(await gone(approved)).toBe(false);
    await until(() => gone(approved), Boolean);
    for (const order of [open, approved]) {
      expect((await brief.capture(order)).status).toBe(404);
      expect(await brief.transaction(order)).toMatchObject({ state: 'closed', paid_count: 0 });
      expect(await brief.act(order, { action: 'pay' })).toEqual({
        status: 409,
        body: { error: 'the order is closed' },
      });
    }
    const late = await brief.act(open, { action: 'pay', force: true });
    expect(late.body).toMatchObject({ state: 'paid', paid_count: 1, captured: 1_999 });
    await brief.receiver.event('PAYMENT.CAPTURE.COMPLETED', referenceOf(open));
    expect((await brief.call('GET', `${orders}/${open.id}`)).body.status).toBe('COMPLETED');
    await brief.close();
  });
});
