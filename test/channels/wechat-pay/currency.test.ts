import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { exponentOf, toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { order } from './verbs.ts';
import { answering, replied } from './wechat.ts';

/** F29. WeChat Pay counts in fen, hundredths of a yuan (channels.md 1.1), and takes nothing else from us. */
const served = Object.values(wechatPay.facts.methods).flat();

test('yuan alone are served, and have two digits as WeChat’s fen do', () => {
  expect([...new Set(served)]).toEqual(['CNY']);
  expect(exponentOf(toCurrency('CNY'))).toBe(2);
});

test.each([1, 100, 1_999])('an order of %i fen is as many at WeChat', async (amount) => {
  const call = answering(replied(200, { code_url: 'weixin://wxpay/bizpayurl?pr=1' }));
  await wechatPay.create(call, { ...order, amount: toMinor(amount) });
  expect(JSON.parse(call.requests[0]!.body)).toMatchObject({
    amount: { total: amount, currency: 'CNY' },
  });
});
