import { later } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { browse } from '../payer-browser.ts';
import { openShop, type Shop } from '../shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const home = 'https://shop.example/back?order=1&b=购';

const press = (path: string | undefined) =>
  browse(`${shop.sandbox.channel}${path}`, { method: 'POST' });

async function ordered(more: object = {}) {
  const scene_info = { payer_client_ip: '203.0.113.7', h5_info: { type: 'iOS' } };
  const order = shop.merchant.order(freshNumber(), 1999, { scene_info, ...more });
  const { h5_url } = (await shop.merchant.createBy('h5', order)).body;
  return { reference: order.out_trade_no, h5_url: h5_url as string };
}
const withHome = (url: string) => `${url}&redirect_url=${encodeURIComponent(home)}`;

describe('the cashier of an H5 order', () => {
  test('shows what is to be paid and takes the money, which leads home', async () => {
    const { reference, h5_url } = await ordered({ description: 'a <b> & "c"' });
    const { status, html, buttons } = await browse(withHome(h5_url));
    expect(status).toBe(200);
    expect(html).toContain(`a &#60;b&#62; &#38; &#34;c&#34;: 19.99 CNY (${reference})`);
    expect(Object.keys(buttons)).toEqual(['pay', 'decline']);
    expect(await press(buttons['pay'])).toMatchObject({
      status: 303,
      location: new URL(home).href,
    });
    expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', paid_count: 1 });
    const [heard] = await shop.receiver.until(1);
    expect(heard).toMatchObject({ genuine: true, resource: { trade_type: 'MWEB' } });
    const again = await press(buttons['pay']);
    expect([again.status, again.buttons]).toEqual([410, {}]);
    expect(again.html).toContain('the order is paid');
    expect((await shop.transaction(reference)).paid_count).toBe(1);
  });

  test('is left for home too, and opens again', async () => {
    const { reference, h5_url } = await ordered();
    const { buttons } = await browse(withHome(h5_url));
    const left = await press(buttons['decline']);
    expect(left).toMatchObject({ status: 303, location: new URL(home).href });
    expect((await shop.transaction(reference)).state).toBe('created');
    expect((await press((await browse(withHome(h5_url))).buttons['pay'])).status).toBe(303);
  });

  test.each(['', '&redirect_url=javascript%3Aalert(1)', '&redirect_url=nowhere'])(
    'says what came of it where there is no home to lead to: %j',
    async (more) => {
      const { h5_url } = await ordered();
      const { buttons } = await browse(h5_url + more);
      const left = await press(buttons['decline']);
      expect(left).toMatchObject({
        status: 200,
        html: expect.stringContaining('Nothing was paid'),
      });
      const paid = await press(buttons['pay']);
      expect(paid).toMatchObject({ status: 200, html: expect.stringContaining('Paid.') });
    },
  );

  test('dies after five minutes, also when it was open', async () => {
    const { reference, h5_url } = await ordered();
    const { buttons } = await browse(h5_url);
    await later(shop.sandbox, 240_000);
    expect((await browse(h5_url)).status).toBe(200);
    await later(shop.sandbox, 60_000);
    for (const seen of [await browse(h5_url), await press(buttons['pay'])])
      expect([seen.status, seen.buttons]).toEqual([410, {}]);
    expect((await shop.transaction(reference)).state).toBe('created');
  });

  test('shows nothing to who guesses, and has no other button', async () => {
    const { h5_url } = await ordered();
    const { buttons } = await browse(h5_url);
    expect((await browse(h5_url.replace(/=.*/, '=wx1'))).status).toBe(404);
    expect((await press(buttons['pay']!.replace(/=.*/, '=wx1'))).status).toBe(404);
    expect((await press(buttons['pay']!.replace('/pay?', '/dance?'))).status).toBe(404);
  });

  test('is struck by no fault', async () => {
    const { h5_url } = await ordered();
    await shop.fault('any', 'rate_limit');
    expect((await browse(h5_url)).status).toBe(200);
  });
});
