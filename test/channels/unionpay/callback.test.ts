import { verify } from 'node:crypto';

import fc from 'fast-check';

import { unionpay } from '../../../src/channels/unionpay/channel.ts';
import { signatureOf } from '../../../src/channels/unionpay/signature.ts';
import { account, back, merchant, notified, now, order, paid, returned, settings, stranger } from './unionpay.ts'; // prettier-ignore

const notice = { ...paid, respCode: '00' };
const read = (callback: Parameters<typeof unionpay.readCallback>[1]) =>
  unionpay.readCallback(account, callback, now);

describe('a notice', () => {
  test('of a payment is the receipt, under our number', () => {
    for (const respCode of ['00', 'A6'])
      expect(read(notified({ ...notice, respCode }))).toEqual({
        kind: 'attempt',
        event: `01:${paid.queryId}`,
        reference: order.reference,
        answer: { kind: 'approved', receipt: { channel_reference: paid.queryId, amount: 1999, currency: 'CNY', paid_at: '2025-11-24T22:34:01.000Z' } },
      }); // prettier-ignore
  });

  test('of a refund names it and what went back', () => {
    expect(read(notified({ ...returned, respCode: '00' }))).toEqual({
      kind: 'refund',
      event: `04:${returned.queryId}`,
      reference: back.reference,
      answer: { kind: 'refund', status: 'succeeded', channel_reference: returned.queryId, amount: 500, currency: 'CNY' },
    }); // prettier-ignore
  });

  test.each([
    ['another merchant', { merId: '777290058110098' }, 'foreign'],
    ['no order', { orderId: undefined }, 'meaningless'],
    ['no amount', { txnAmt: undefined }, 'meaningless'],
    ['no time', { traceTime: '' }, 'meaningless'],
    ['a currency that we have not', { currencyCode: '840' }, 'meaningless'],
    ['something that failed', { respCode: '64' }, 'irrelevant'],
    ['another kind of transaction', { txnType: '31' }, 'irrelevant'],
    ['a refund without an amount', { txnType: '04', txnAmt: '5.00' }, 'meaningless'],
  ])('about %s is so', (_what, change, kind) => {
    expect(read(notified({ ...notice, ...change })).kind).toBe(kind);
  });

  test('about a number that is none of ours keeps it as it is', () => {
    expect(read(notified({ ...notice, orderId: 'ATT0001' }))).toMatchObject({ kind: 'attempt', reference: 'ATT0001' }); // prettier-ignore
  });

  test('that a stranger signed, or the merchant himself, is forged, whatever certificate it brings', () => {
    for (const { privateKey, publicKey } of [stranger, merchant])
      expect(read(notified({ ...notice, signPubKeyCert: publicKey }, privateKey)).kind).toBe('forged'); // prettier-ignore
  });

  test('with any byte of its values changed is forged', () => {
    const { body, headers } = notified(notice);
    const pairs = [...new URLSearchParams(body.toString())];
    for (const [name, value] of pairs.filter(([name]) => name !== 'signature')) {
      const other = Object.fromEntries(pairs);
      other[name] = `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
      expect(read({ headers, body: Buffer.from(new URLSearchParams(other).toString()) }).kind).toBe('forged'); // prettier-ignore
    }
    const twice = Buffer.from(`${body.toString()}&txnAmt=1`);
    expect(read({ headers, body: twice }).kind).toBe('forged');
  });

  test('of any bytes is never money', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(read({ headers: {}, body: Buffer.from(bytes) }).kind).toBe('forged');
      }),
    );
  });
});

test('what is signed are the digits of the digest, sorted, without what is empty', () => {
  const digits = '8e85be58c1c372ac29fe7bfa80d8ddcbd04a4032c7b51c1c026d67c55b1ab23f'; // printf 'a=1&b=2' | openssl dgst -sha256
  const signature = signatureOf({ b: '2', a: '1', empty: '' }, account);
  const mark = Buffer.from(signature, 'base64');
  expect(verify('sha256', Buffer.from(digits), merchant.publicKey, mark)).toBe(true);
});

describe('what is kept of an exchange', () => {
  test('names no payer, no card and no signature', () => {
    const { body } = notified({ ...notice, payCardNo: '001', customerInfo: 'abc' });
    const kept = unionpay.redact(body.toString());
    expect(kept).not.toMatch(/6216|payCardNo=001|customerInfo=abc|signature=(?!\[)/);
    expect(kept).toContain(`queryId=${paid.queryId}`);
    expect(kept).not.toContain(settings.merchant_private_key);
  });
});
