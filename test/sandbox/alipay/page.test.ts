import { freshNumber } from '../merchant.ts';
import { browse } from '../payer-browser.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const home = 'https://shop.example/back?order=1';

const press = (path: string | undefined) => browse(at(path), { method: 'POST' });

const at = (path: string | undefined) => `${shop.sandbox.alipay}${path}`;

const productCodes: Readonly<Record<string, string>> = {
  page: 'FAST_INSTANT_TRADE_PAY',
  wap: 'QUICK_WAP_WAY',
};

/** The URL that the merchant's server signs and nobody but the payer's browser opens. */
function signed(method = 'page', order = shop.order(), returnUrl: string | undefined = home) {
  return shop.sdk.pageExecute(`alipay.trade.${method}.pay`, 'GET', {
    notifyUrl: shop.receiver.url,
    ...(returnUrl ? { returnUrl } : {}),
    bizContent: { product_code: productCodes[method], ...order },
  });
}

const notExist = { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' };

describe.each(['page', 'wap'])('an order by %s', (method) => {
  test('is known to nobody before the payer opens it, and is no trade before he logs in', async () => {
    const order = shop.order(freshNumber(), { subject: 'a <b> & "c"' });
    const reference = order.out_trade_no;
    const url = signed(method, order);
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(404);
    const { status, html, buttons } = await browse(url);
    expect(status).toBe(200);
    expect(html).toContain('a &#60;b&#62; &#38; &#34;c&#34;: 19.99 CNY');
    expect(Object.keys(buttons)).toEqual(['login', 'pay', 'leave']);
    expect(await shop.query(reference)).toMatchObject(notExist);
    expect((await shop.transaction(reference)).state).toBe('created');
    expect(Object.keys((await press(buttons['login'])).buttons)).toEqual(['pay', 'leave']);
    expect(await shop.query(reference)).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
  });

  test('is paid with a button, which leads home with parameters that the SDK believes', async () => {
    const order = shop.order();
    const { buttons } = await browse(signed(method, order));
    const { status, location } = await press(buttons['pay']);
    expect([status, location]).toEqual([303, expect.stringContaining('https://shop.example/back')]);
    const { order: own, ...told } = Object.fromEntries(new URL(location!).searchParams);
    expect(own).toBe('1');
    expect(shop.sdk.checkNotifySignV2(told)).toBe(true);
    expect(shop.sdk.checkNotifySignV2({ ...told, total_amount: '1.00' })).toBe(false);
    expect(told).toMatchObject({
      method: `alipay.trade.${method}.pay.return`,
      app_id: shop.keys.app_id,
      seller_id: shop.keys.seller_id,
      out_trade_no: order.out_trade_no,
      total_amount: '19.99',
    });
    const [heard] = await shop.receiver.until(1);
    expect(heard).toMatchObject({ genuine: true, notice: { trade_no: told['trade_no'] } });
    const again = await press(buttons['pay']);
    expect([again.status, again.buttons]).toEqual([200, {}]);
    expect(again.html).toContain('The order is paid.');
    expect(await shop.transaction(order.out_trade_no)).toMatchObject({ paid_count: 1 });
  });

  test('that was opened is paid through the control API too', async () => {
    const order = shop.order();
    await browse(signed(method, order));
    expect((await shop.act(order.out_trade_no, { action: 'pay' })).status).toBe(200);
    expect(await shop.query(order.out_trade_no)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
  });
});

describe('the cashier', () => {
  test('is left without a trace, and can be opened again', async () => {
    const order = shop.order(freshNumber(), { quit_url: 'https://shop.example/quit' });
    const { buttons } = await browse(signed('wap', order));
    const left = await press(buttons['leave']);
    expect([left.status, left.location]).toEqual([303, 'https://shop.example/quit']);
    expect(await shop.query(order.out_trade_no)).toMatchObject(notExist);
    expect((await browse(signed('wap', order))).buttons).toEqual(buttons);
    expect(await shop.violations()).toEqual([]);
  });

  test('without a return_url says that it was paid', async () => {
    const order = shop.order();
    const { buttons } = await browse(signed('page', order, ''));
    expect(await press(buttons['pay'])).toMatchObject({
      status: 200,
      html: expect.stringContaining('Paid.'),
    });
  });

  test('is opened by a form that posts itself as well', async () => {
    const order = shop.order(freshNumber(), { subject: 'a "b"' });
    const bizContent = { product_code: 'FAST_INSTANT_TRADE_PAY', ...order };
    const form = shop.sdk.pageExecute('alipay.trade.page.pay', 'POST', { bizContent });
    const [, action] = /action="([^"]+)"/.exec(form)!;
    const inputs = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)];
    const body = new URLSearchParams(
      inputs.map(([, name, value]): [string, string] => [name!, value!.replaceAll('&quot;', '"')]),
    );
    const { buttons } = await browse(action!, { method: 'POST', body });
    expect(await press(buttons['pay'])).toMatchObject({ status: 200 });
    expect((await shop.transaction(order.out_trade_no)).state).toBe('paid');
  });

  test('is opened by an app with the order string that its merchant signed', async () => {
    const order = shop.order();
    const text = shop.sdk.sdkExecute('alipay.trade.app.pay', {
      bizContent: { product_code: 'QUICK_MSECURITY_PAY', ...order },
      notifyUrl: shop.receiver.url,
    });
    await browse(`${shop.sandbox.alipay}/gateway.do?${text}`);
    await shop.act(order.out_trade_no, { action: 'pay' });
    expect((await shop.receiver.until(1))[0]).toMatchObject({
      genuine: true,
      notice: { out_trade_no: order.out_trade_no, trade_status: 'TRADE_SUCCESS' },
    });
  });

  test.each([
    ['page', 'QUICK_WAP_WAY'],
    ['page', undefined],
    ['wap', 'FAST_INSTANT_TRADE_PAY'],
    ['wap', undefined],
    ['app', 'FAST_INSTANT_TRADE_PAY'],
  ])('of %s does not open for the product %s', async (method, product_code) => {
    const order = shop.order();
    const { status, html } = await browse(signed(method, { ...order, product_code }));
    expect([status, html]).toEqual([400, expect.stringContaining('product_code')]);
    expect(await shop.transaction(order.out_trade_no)).toBeUndefined();
  });

  test('does not open for what was changed, which is held against the merchant', async () => {
    const order = shop.order();
    const { status, html } = await browse(signed('page', order).replace('19.99', '0.01'));
    expect([status, html]).toEqual([400, expect.stringContaining('isv.invalid-signature')]);
    expect(await shop.transaction(order.out_trade_no)).toBeUndefined();
    expect(await shop.violations()).toMatchObject([{ rule: 'unsigned_request' }]);
  });

  test('does not open for a number that was used with other fields, or is paid', async () => {
    const order = shop.order();
    const { buttons } = await browse(signed('page', order));
    const other = await browse(signed('page', { ...order, total_amount: '20.00' }));
    expect([other.status, other.html]).toEqual([400, expect.stringMatching(/CONTEXT_INCONSIS/)]);
    await press(buttons['pay']);
    const again = await browse(signed('page', order));
    expect([again.status, again.html]).toEqual([400, expect.stringMatching(/TRADE_HAS_SUCCESS/)]);
  });

  test('shows nothing to who does not know its code, and no other button', async () => {
    const order = shop.order();
    const { buttons } = await browse(signed('page', order));
    const guessed = buttons['pay']!.replace(/code=\w+/, 'code=0');
    expect((await press(guessed)).status).toBe(404);
    expect((await press(buttons['pay']!.replace('/pay', '/dance'))).status).toBe(404);
    expect((await browse(at(buttons['pay']))).status).toBe(404);
    expect((await shop.transaction(order.out_trade_no)).state).toBe('created');
  });

  test('keeps what was opened over kill -9', async () => {
    const order = shop.order();
    const { buttons } = await browse(signed('page', order));
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    expect((await press(buttons['pay'])).status).toBe(303);
    expect((await shop.transaction(order.out_trade_no)).paid_count).toBe(1);
  });
});
