import wechatpay from 'wechatpay-axios-plugin';

import type { Order } from '../../../src/channels/order.ts';
import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { h5Order, jsapiOrder, order, verbs } from './verbs.ts';
import { account, answering, merchant, now, refusedWith, replied, settings } from './wechat.ts';

const { Formatter, Rsa } = wechatpay as any;
const merchantKey = Rsa.from(merchant.publicKey, 'public');

const sentFor = async (given: Order) => {
  const call = answering(refusedWith(500, 'SYSTEM_ERROR'));
  await wechatPay.create(call, given);
  const { url, body } = call.requests[0]!;
  return { path: url.slice(account.base_url.length), body: JSON.parse(body) };
};

test('a method that the facts do not name is our bug', async () => {
  for (const method of Object.keys(wechatPay.facts.methods))
    expect((await sentFor({ ...order, method })).path).toMatch(/^\/v3\/pay\/transactions\//);
  await expect(sentFor({ ...order, method: 'wechat_pay_face' })).rejects.toThrow('bug');
});

describe('a page for a phone’s browser', () => {
  const page = 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2';
  const made = (h5_url: unknown, given: Order = h5Order) =>
    wechatPay.create(answering(replied(200, { h5_url })), given);

  test('is ordered like a code, with the address of the payer’s browser', async () => {
    const { path, body } = await sentFor(h5Order);
    expect(path).toBe('/v3/pay/transactions/h5');
    expect(body).toEqual({
      ...(await sentFor(order)).body,
      scene_info: { payer_client_ip: h5Order.token, h5_info: { type: 'Wap' } },
    });
  });

  test('leads back to the shop, and opens for five minutes', async () => {
    const answer: any = await made(page);
    const { url, ...action } = answer.next_action;
    expect([answer.kind, action]).toEqual(['action_required', { type: 'redirect' }]);
    expect(url.startsWith(`${page}&redirect_url=https%3A%2F%2Fshop.example%2Fback`)).toBe(true);
    const back = new URL(url).searchParams.get('redirect_url');
    expect(back).toBe(new URL(h5Order.return_url!).href);
    expect(answer.code_ends_at).toBe(new Date(now.getTime() + 300_000).toISOString());
  });

  test('leads nowhere else where the merchant named nothing', async () => {
    const answer = await made(page, { ...h5Order, return_url: null });
    expect(answer).toMatchObject({ next_action: { type: 'redirect', url: page } });
  });

  test('of an address without a query has one with the way back alone', async () => {
    const answer: any = await made('https://wx.tenpay.com/pay');
    expect(answer.next_action.url).toMatch(
      /^https:\/\/wx\.tenpay\.com\/pay\?redirect_url=https%3A/,
    );
  });

  test.each([undefined, null, '', 7, 'nowhere', 'javascript:alert(1)', 'weixin://wap/pay?prepayid=1'])(
    'is unknown when its address is %j',
    async (h5_url) => {
      expect((await made(h5_url)).kind).toBe('unknown');
    },
  ); // prettier-ignore
});

describe('a page or a mini program in WeChat', () => {
  const prepay_id = 'wx201410272009395522657a690389285100';
  const made = async (at = now) => {
    const call = { ...answering(replied(200, { prepay_id }, { at })), now: () => at };
    return (await wechatPay.create(call, jsapiOrder)) as any;
  };

  test('is ordered like a code, with the payer’s openid', async () => {
    const { path, body } = await sentFor(jsapiOrder);
    expect(path).toBe('/v3/pay/transactions/jsapi');
    expect(body).toEqual({ ...(await sentFor(order)).body, payer: { openid: jsapiOrder.token } });
  });

  test('is told parameters whose signature a third-party library verifies, for two hours', async () => {
    const { kind, next_action, code_ends_at } = await made();
    const { paySign, ...params } = next_action.params;
    expect([kind, next_action.type]).toEqual(['action_required', 'sdk_params']);
    expect(params).toEqual({
      appId: settings.appid,
      timeStamp: String(now.getTime() / 1_000),
      nonceStr: expect.stringMatching(/^[0-9a-f]{32}$/),
      package: `prepay_id=${prepay_id}`,
      signType: 'RSA',
    });
    const lines = [params.appId, params.timeStamp, params.nonceStr, params.package];
    expect(Rsa.verify(Formatter.joinedByLineFeed(...lines), paySign, merchantKey)).toBe(true);
    expect(code_ends_at).toBe(new Date(now.getTime() + 7_200_000).toISOString());
  });

  test('is told the same out of the same reply, and another nonce a second later', async () => {
    const [one, same, later] = [await made(), await made(), await made(new Date(now.getTime() + 1_000))]; // prettier-ignore
    expect(same).toEqual(one);
    expect(later.next_action.params.nonceStr).not.toBe(one.next_action.params.nonceStr);
    expect(later.next_action.params.package).toBe(one.next_action.params.package);
  });

  test.each([undefined, null, '', 7, 'wx1\nprepay_id=wx2', 'wx 1'])(
    'is unknown when its prepay_id is %j',
    async (wrong) => {
      expect((await verbs.create_jsapi(replied(200, { prepay_id: wrong }))).kind).toBe('unknown');
    },
  );

  test('of a payer whom the app does not know is declined with the reason', async () => {
    expect(await verbs.create_jsapi(refusedWith(500, 'OPENID_MISMATCH'))).toMatchObject({
      kind: 'declined',
      failure: { code: 'invalid_account', channel_code: 'OPENID_MISMATCH' },
    });
  });
});
