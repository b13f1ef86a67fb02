import { captureOf, openPaypalShop, type PaypalShop, referenceOf, usd } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const get = (id: string) => shop.call('GET', `/v2/checkout/orders/${id}`);

describe('a payer', () => {
  test('who walks away changes nothing', async () => {
    const order = await shop.created();
    expect((await shop.act(order, { action: 'abandon' })).body.state).toBe('created');
    expect((await get(order.id)).body).toEqual(order);
  });

  test('who approves twice approves once', async () => {
    const order = await shop.approved();
    await shop.act(order, { action: 'pay' });
    await shop.captured();
    await shop.receiver.event('PAYMENT.CAPTURE.COMPLETED');
    const approvals = shop.receiver.heard.filter(({ body }) => body.includes(order.id));
    expect(approvals).toHaveLength(1);
  });

  test.each(['pay', 'decline', 'abandon'])('cannot %s what is paid', async (action) => {
    const order = await shop.captured();
    expect(await shop.act(order, { action })).toEqual({
      status: 409,
      body: { error: 'the order is paid' },
    });
  });

  test('who is forced pays a moment later what nobody captures, also after kill -9', async () => {
    const order = await shop.created();
    await shop.act(order, { action: 'pay', force: true });
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    const event = await shop.receiver.event('PAYMENT.CAPTURE.COMPLETED');
    expect(event.resource.supplementary_data.related_ids.order_id).toBe(order.id);
    expect(await shop.transaction(order)).toMatchObject({ state: 'paid', paid_count: 1 });
  });

  test('who is forced pays a second time: another order under the same number', async () => {
    const order = await shop.captured();
    const { status, body } = await shop.act(order, { action: 'pay', force: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      paid_count: 2,
      captured: 3_998,
      channel_reference: captureOf(order).id,
    });
    const events = await shop.receiver.until(3);
    const twin = events.map(({ event }) => event.resource).find(
      ({ id, supplementary_data }) =>
        supplementary_data && id !== captureOf(order).id,
    ); // prettier-ignore
    expect(twin).toMatchObject({ custom_id: referenceOf(order), amount: usd('19.99') });
    expect(twin.supplementary_data.related_ids.order_id).not.toBe(order.id);
    expect(await shop.violations()).toEqual([]);
    expect((await shop.refund(twin)).status).toBe(201);
  });

  test.each([
    [{ action: 'authenticate' }, 'paypal takes pay, decline, abandon, dispute and resolve_dispute'],
    [{ action: 'bounce_refund' }, 'COMPLETED stays so'],
    [{ action: 'pay', reason: 'MOOD' }, 'PENDING_REVIEW'],
    [{ action: 'decline', reason: 'MOOD' }, 'INSTRUMENT_DECLINED'],
  ])('does not %j', async (act, error) => {
    const answer = await shop.act(await shop.created(), act);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(error) } });
  });
});

describe('a payer in his browser', () => {
  const browse = (url: string, method = 'GET') => fetch(url, { method, redirect: 'manual' });
  const cashierOf = (order: any): string => order.links.at(-1).href;
  const buttons = async (order: any) => {
    const page = await browse(cashierOf(order));
    const html = await page.text();
    const found = [...html.matchAll(/action="([^"]+)"><button>(\w+)/g)];
    const urls = found.map(([, url, name]) => [name, shop.sandbox.paypal + url!]);
    return { status: page.status, html, urls: Object.fromEntries(urls) as Record<string, string> };
  };

  test('sees what he pays for, approves, and is sent back to the merchant', async () => {
    const order = await shop.created();
    const { status, html, urls } = await buttons(order);
    expect(status).toBe(200);
    expect(html).toContain('Two tickets: 19.99 USD');
    const back = await browse(urls['approve']!, 'POST');
    expect(back.status).toBe(303);
    const { searchParams, host } = new URL(back.headers.get('location')!);
    expect(host).toBe('shop.example');
    expect(searchParams.get('order')).toBe('1');
    expect(searchParams.get('token')).toBe(order.id);
    const { body } = await get(order.id);
    expect(body).toMatchObject({
      status: 'APPROVED',
      payer: { payer_id: searchParams.get('PayerID') },
    });
    await shop.receiver.event('CHECKOUT.ORDER.APPROVED', order.id);
    expect((await buttons(order)).urls).toEqual({});
  });

  test('cancels, is sent to cancel_url, and may come again', async () => {
    const order = await shop.created();
    const { urls } = await buttons(order);
    const back = await browse(urls['cancel']!, 'POST');
    expect(back.headers.get('location')).toBe(`https://shop.example/cancel?token=${order.id}`);
    expect((await get(order.id)).body.status).toBe('PAYER_ACTION_REQUIRED');
    expect(Object.keys((await buttons(order)).urls)).toContain('approve');
  });

  test('approves with funds that are no good, and later with others', async () => {
    const order = await shop.created();
    expect((await browse((await buttons(order)).urls['decline']!, 'POST')).status).toBe(303);
    expect((await shop.capture(order)).status).toBe(422);
    await browse((await buttons(order)).urls['approve']!, 'POST');
    expect((await shop.capture(order)).status).toBe(201);
  });

  test('of a merchant who names no address is told that it is done', async () => {
    const order = await shop.created({ payment_source: { paypal: {} } });
    const done = await browse((await buttons(order)).urls['approve']!, 'POST');
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('approved')]);
  });

  test('finds no order that is not there, and is harmed by no description', async () => {
    const { paypal } = shop.sandbox;
    expect((await browse(`${paypal}/checkoutnow?token=NOBODYS`)).status).toBe(404);
    const description = '<script>alert(1)</script>';
    const order = await shop.created({
      purchase_units: [{ custom_id: 'att_script', amount: usd('1.00'), description }],
    });
    expect((await buttons(order)).html).not.toContain('<script>');
  });
});
