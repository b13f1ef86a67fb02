import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { madeRefund, notified, paidTransaction } from './wechat.ts';

const { redact } = wechatPay;

test('a transaction is kept without its payer and his bank', () => {
  const kept = redact(`200\n${JSON.stringify(paidTransaction)}`);
  expect(kept).not.toContain(paidTransaction.payer.openid);
  expect(kept).not.toContain('OTHERS');
  expect(JSON.parse(kept.slice(4))).toEqual({
    ...paidTransaction,
    bank_type: '[redacted]',
    payer: { openid: '[redacted]' },
  });
});

test('a refund is kept without the account that received it', () => {
  const kept = JSON.parse(redact(JSON.stringify(madeRefund)));
  expect(kept).toEqual({ ...madeRefund, user_received_account: '[redacted]' });
});

test('a callback is kept without what is sealed in it', () => {
  const text = notified(paidTransaction).body.toString();
  const { ciphertext } = JSON.parse(text).resource;
  const kept = redact(text);
  expect(kept).not.toContain(ciphertext);
  expect(JSON.parse(kept)).toMatchObject({ id: 'EV-2018022511223320873' });
});

test.each([
  '{"openid":"secret"}',
  '{ "openid" : "secret" }',
  '{"openid":"a\\"secret"}',
  '{"sub_openid":"secret","sp_openid":"secret"}',
  '{"phone":"secret","payer_phone":"secret"}',
  '{"payer_client_ip":"secret"}',
  '{"openid":"secret', // cut off
  '{"openid":"secret\\',
])('%s loses what is secret', (text) => {
  expect(redact(text)).not.toContain('secret');
  expect(redact(text)).toContain('[redacted]');
});

test('what is no secret stays as it was', () => {
  const text = '{"code":"PARAM_ERROR","amount":{"total":1999},"note":"openid: none","phones":"1"}';
  expect(redact(text)).toBe(text);
});
