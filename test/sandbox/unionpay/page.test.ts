import { later } from '../later.ts';
import { browse } from '../payer-browser.ts';
import { openUnionpayShop, type UnionpayShop } from './shop.ts';

let shop: UnionpayShop;

beforeAll(async () => {
  shop = await openUnionpayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

/** An order, and where its payer's browser or client opens it. */
async function ordered(product: 'qrCode' | 'tn', more: Record<string, string> = {}) {
  const order = shop.order(more, product);
  const { qrCode, tn } = await shop.create(order);
  const url = qrCode ? shop.pageOf(qrCode) : `${shop.sandbox.unionpay}/client/${tn}`;
  return { order, url };
}
const press = (path: string | undefined) =>
  browse(`${shop.sandbox.unionpay}${path}`, { method: 'POST' });

describe.each(['qrCode', 'tn'] as const)('the page of an order by %s', (product) => {
  test('opens it, and pays it with a button, once', async () => {
    const { order, url } = await ordered(product, { orderDesc: 'a <b> & "c"' });
    const { status, html, buttons } = await browse(url);
    expect([status, Object.keys(buttons)]).toEqual([200, ['pay', 'decline']]);
    expect(html).toContain('a &#60;b&#62; &#38; &#34;c&#34;: 19.99 CNY');
    expect(await shop.query(order)).toMatchObject({ respCode: '00', origRespCode: '05' });
    expect(await press(buttons['pay'])).toMatchObject({ html: expect.stringContaining('Paid.') });
    expect((await shop.receiver.until(1))[0]).toMatchObject({ genuine: true });
    const again = await press(buttons['pay']);
    expect([again.html, again.buttons]).toEqual([expect.stringContaining('is paid.'), {}]);
    expect(await shop.transaction(order)).toMatchObject({ paid_count: 1 });
  });

  test('lets him try again whose bank refused', async () => {
    const { order, url } = await ordered(product);
    const declined = await press((await browse(url)).buttons['decline']);
    expect(declined.html).toContain('refused (64)');
    expect(await shop.query(order)).toMatchObject({ origRespCode: '64' });
    await press(declined.buttons['pay']);
    expect(await shop.transaction(order)).toMatchObject({ state: 'paid' });
  });

  test('has nothing to press once the time is over, and opens nothing', async () => {
    const { order, url } = await ordered(product);
    await later(shop.sandbox, 700_000);
    expect((await browse(url)).buttons).toEqual({});
    expect(await shop.query(order)).toMatchObject({ respCode: '34' });
  });
});

test('who has no code that was given sees nothing, and there is no other button', async () => {
  const { url } = await ordered('qrCode');
  const { buttons } = await browse(url);
  expect((await browse(`${url}0`)).status).toBe(404);
  expect((await browse(`${shop.sandbox.unionpay}/client/1`)).status).toBe(404);
  expect((await press(buttons['pay']!.replace(/pay$/, 'dance'))).status).toBe(404);
});
