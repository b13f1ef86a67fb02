import { createSign } from 'node:crypto';

import wechatpay from 'wechatpay-axios-plugin';

import { freshNumber } from '../merchant.ts';
import { openShop, type Shop } from '../shop.ts';

const { Formatter, Rsa } = wechatpay as any;
let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const clients = ['jsapi', 'app'] as const;
type Client = (typeof clients)[number];

/** An order, and the prepay_id that its client is to bring. */
async function ordered(client: Client) {
  const payer = { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' };
  const order = shop.merchant.order(freshNumber(), 1999, client === 'jsapi' ? { payer } : {});
  const { prepay_id } = (await shop.merchant.createBy(client, order)).body;
  return { reference: order.out_trade_no, prepayId: prepay_id as string };
}

/** As the documents have it, with the third-party library. */
function signed(client: Client, prepayId: string): Record<string, string> {
  const sign = (...parts: string[]) =>
    Rsa.sign(Formatter.joinedByLineFeed(...parts), Rsa.from(shop.keys.merchant_private_key, Rsa.KEY_TYPE_PRIVATE)); // prettier-ignore
  const [time, nonce] = [String(Formatter.timestamp()), Formatter.nonce() as string];
  if (client === 'app')
    return {
      appid: shop.keys.appid, partnerid: shop.keys.mchid, prepayid: prepayId, package: 'Sign=WXPay', noncestr: nonce,
      timestamp: time, sign: sign(shop.keys.appid as string, time, nonce, prepayId),
    }; // prettier-ignore
  const brought = `prepay_id=${prepayId}`;
  return {
    appId: shop.keys.appid, timeStamp: time, nonceStr: nonce, package: brought, signType: 'RSA',
    paySign: sign(shop.keys.appid as string, time, nonce, brought),
  }; // prettier-ignore
}

async function open(client: Client, parameters: unknown, query = '') {
  const response = await fetch(`${shop.sandbox.channel}/client/${client}${query}`, {
    method: 'POST',
    body: JSON.stringify(parameters),
  });
  return { status: response.status, body: await response.json() };
}

const answers = {
  jsapi: {
    paid: { err_msg: 'get_brand_wcpay_request:ok' },
    left: { err_msg: 'get_brand_wcpay_request:cancel' },
    failed: { err_msg: 'get_brand_wcpay_request:fail' },
  },
  app: { paid: { errCode: 0 }, left: { errCode: -2 }, failed: { errCode: -1 } },
};

describe.each(clients)('the client of %s', (client) => {
  const { paid, left, failed } = answers[client];

  test('pays with what the merchant signed, once', async () => {
    const { reference, prepayId } = await ordered(client);
    expect(await open(client, signed(client, prepayId))).toEqual({ status: 200, body: paid });
    expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', paid_count: 1 });
    expect((await shop.receiver.until(1))[0]).toMatchObject({ genuine: true });
    expect((await open(client, signed(client, prepayId))).body).toMatchObject(failed);
    expect((await shop.transaction(reference)).paid_count).toBe(1);
    expect(await shop.violations()).toEqual([]);
  });

  test('is left without a trace', async () => {
    const { reference, prepayId } = await ordered(client);
    const answer = await open(client, signed(client, prepayId), '?action=decline');
    expect(answer).toEqual({ status: 200, body: left });
    expect((await shop.transaction(reference)).state).toBe('created');
    expect((await open(client, signed(client, prepayId), '?action=dance')).status).toBe(404);
  });

  const names = {
    jsapi: ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign'],
    app: ['appid', 'partnerid', 'prepayid', 'package', 'noncestr', 'timestamp', 'sign'],
  }[client];
  test.each(names)('finds out a %s that is missing or was changed', async (name) => {
    const { reference, prepayId } = await ordered(client);
    const { [name]: was, ...rest } = signed(client, prepayId);
    const changed = `${was!.startsWith('1') ? '2' : '1'}${was!.slice(1)}`;
    for (const parameters of [rest, { ...rest, [name]: changed }])
      expect((await open(client, parameters)).body).toMatchObject(failed);
    expect((await shop.transaction(reference)).state).toBe('created');
    const violations = await shop.violations();
    expect(violations.map(({ rule }) => rule)).toEqual(Array(2).fill('wrong_client_parameters'));
  });

  test('finds out a stranger’s signature, and the prepay_id of another product', async () => {
    const { reference, prepayId } = await ordered(client);
    const other = await ordered(client === 'app' ? 'jsapi' : 'app');
    const stranger = signed(client, prepayId);
    const key = client === 'app' ? 'sign' : 'paySign';
    const text = createSign('sha256')
      .update('else')
      .sign(shop.keys.platform_private_key as string);
    for (const parameters of [
      { ...stranger, [key]: text.toString('base64') },
      signed(client, other.prepayId),
      'no parameters',
      null,
    ])
      expect((await open(client, parameters)).body).toMatchObject(failed);
    for (const one of [reference, other.reference])
      expect((await shop.transaction(one)).state).toBe('created');
  });
});

test('WeChat’s browser takes no number for a time', async () => {
  const { prepayId } = await ordered('jsapi');
  const parameters = signed('jsapi', prepayId);
  const answer = await open('jsapi', { ...parameters, timeStamp: Number(parameters['timeStamp']) });
  expect(answer.body).toMatchObject(answers.jsapi.failed);
});
