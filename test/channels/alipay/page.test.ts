import { AlipaySdk } from 'alipay-sdk';

import { alipay } from '../../../src/channels/alipay/channel.ts';
import { answering, app, isSignedByApp, now, parametersOf, platform, settings } from './alipay.ts';
import { order } from './verbs.ts';

const made = async (change: object, at = now) => {
  const call = { ...answering({ kind: 'lost', detail: 'nobody is to be called' }), now: () => at };
  const answer = (await alipay.create(call, { ...order, ...change })) as any;
  const { url, ...action } = answer.next_action;
  return { answer, action, url: url as string, sent: call.requests };
};

describe.each([
  ['alipay_page', 'alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'],
  ['alipay_wap', 'alipay.trade.wap.pay', 'QUICK_WAP_WAY'],
])('%s', (method, called, product_code) => {
  test('is an address of the gateway, signed by the app, and nothing is sent', async () => {
    const { answer, action, url, sent } = await made({ method });
    expect(sent).toEqual([]);
    expect(action).toEqual({ type: 'redirect' });
    expect(answer).toMatchObject({ kind: 'action_required', code_ends_at: null });
    expect(url.startsWith(`${settings.base_url}/gateway.do?`)).toBe(true);
    expect(isSignedByApp(parametersOf({ url, body: '' }))).toBe(true);
  });

  test('holds the whole order with its end, and where the payer goes back to', async () => {
    const { url } = await made({ method });
    const { biz_content, ...parameters } = parametersOf({ url, body: '' });
    expect(parameters).toMatchObject({
      method: called,
      notify_url: order.notify_url,
      return_url: order.return_url,
    });
    expect(JSON.parse(biz_content!)).toEqual({
      out_trade_no: order.reference,
      total_amount: '19.99',
      subject: 'Two tickets',
      time_expire: '2026-11-25 10:30:00',
      product_code,
    });
  });

  test('made anew is signed at another time, and is the same order', async () => {
    const [one, two] = [await made({ method }), await made({ method }, new Date(now.getTime() + 60_000))]; // prettier-ignore
    const bare = ({ url }: { url: string }) => {
      const { sign: _, timestamp: __, ...rest } = parametersOf({ url, body: '' });
      return rest;
    };
    expect(two.url).not.toBe(one.url);
    expect(bare(two)).toEqual(bare(one));
  });

  test('without an address to go back to names none', async () => {
    const { url } = await made({ method, return_url: null });
    expect(parametersOf({ url, body: '' })).not.toHaveProperty('return_url');
  });

  test('is the address that Alipay’s own SDK makes of the same order', async () => {
    const { url } = await made({ method });
    const { biz_content, notify_url, return_url } = parametersOf({ url, body: '' });
    const sdk = new AlipaySdk({ appId: settings.app_id, privateKey: app.privateKey, keyType: 'PKCS8', alipayPublicKey: platform.publicKey });
    const theirs = sdk.pageExec(called, 'GET', { bizContent: JSON.parse(biz_content!), notify_url, return_url });
    const bare = (text: string) => {
      const { sign: _, timestamp: __, format: ___, alipay_sdk: ____, ...rest } = parametersOf({ url: text, body: '' });
      return rest;
    };
    expect(bare(url)).toEqual(bare(theirs));
  }); // prettier-ignore
});
