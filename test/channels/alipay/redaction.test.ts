import { alipay } from '../../../src/channels/alipay/channel.ts';
import { answering, notice, notified, replied, trade } from './alipay.ts';
import { order } from './verbs.ts';

const { redact } = alipay;

test('a reply is kept without its payer, his bank and its signature', () => {
  const { body } = replied('alipay.trade.query', trade) as { body: string };
  const kept = redact(`200\n${body}`);
  const { alipay_trade_query_response, sign } = JSON.parse(kept.slice(4));
  expect(sign).toBe('[redacted]');
  expect(alipay_trade_query_response).toEqual({
    ...trade,
    buyer_user_id: '[redacted]',
    buyer_logon_id: '[redacted]',
    fund_bill_list: [{ fund_channel: '[redacted]', bank_code: '[redacted]', amount: '19.99' }],
  });
});

test('a request is kept without its signature', async () => {
  const call = answering({ kind: 'lost', detail: 'ECONNRESET' });
  await alipay.create(call, order);
  const { method, url, body } = call.requests[0]!;
  const kept = redact(`${method} ${url}\n${body}`);
  expect(kept).not.toContain(new URL(url).searchParams.get('sign'));
  expect(kept).not.toContain(/[?&]sign=([^&]+)/.exec(url)![1]);
  expect(kept).toContain('sign=[redacted]');
  expect(kept.endsWith(`\n${body}`)).toBe(true);
});

test('a notice is kept without its payer, and with everything else', () => {
  const text = notified(notice).body.toString();
  const kept = Object.fromEntries(new URLSearchParams(redact(text)));
  const gone = ['buyer_id', 'buyer_logon_id', 'seller_email', 'fund_bill_list', 'sign'];
  for (const name of gone) expect(kept[name]).toBe('[redacted]');
  expect({ ...kept, ...notice, sign_type: 'RSA2', sign: '' }).toMatchObject({ subject: notice.subject });
  for (const [name, value] of Object.entries(notice))
    if (!gone.includes(name)) expect(kept[name]).toBe(value);
}); // prettier-ignore

test.each([
  '{"buyer_open_id":"secret"}',
  '{ "buyer_user_id" : "secret" }',
  '{"buyer_logon_id":"a\\"secret"}',
  '{"buyer_user_id":"secret', // cut off
  '{"buyer_user_id":"secret\\',
  'buyer_id=secret',
  'a=1&buyer_open_id=%20secret&b=2',
])('%s loses what is secret', (text) => {
  expect(redact(text)).not.toContain('secret');
  expect(redact(text)).toContain('[redacted]');
});

test('what is no secret stays as it was', () => {
  const text =
    '{"code":"40002","sign_type":"RSA2","note":"buyer_id: none"}\nsign_type=RSA2&my_sign=1';
  expect(redact(text)).toBe(text);
});
