import { createHash, createSign, randomInt } from 'node:crypto';

import type { Keys } from '../sandbox.ts';
import type { Notice, Tongue, Victim } from './notice.ts';

type Parameters = [name: string, value: string][];

/**
 * UnionPay: a form whose decoded values are signed, by the hex digits of their digest, and which brings the certificate
 * that it is signed with (docs/channels/unionpay.md 1 and 4): that a notice fits what it brings proves nothing.
 */
export function unionpay({ unionpay: keys }: Keys): Tongue {
  const sign = (body: Buffer, key = keys.unionpay_private_key, certificate = keys.unionpay_certificate): Notice => {
    const signed = [...parametersOf(body).filter(([name]) => name !== certificateName), [certificateName, certificate]] as Parameters;
    const signature = createSign('RSA-SHA256').update(digestOf(signed)).sign(key, 'base64');
    return noticeOf(new URLSearchParams([...signed, ['signature', signature]]).toString());
  };
  return {
    channel: 'unionpay',
    account: keys.channel_account,
    refusal: 401,
    acknowledgesOnlyMeaning: false,
    orders: { payment: { method: { type: 'unionpay_qr' } } },
    sample: (victim) => payment(keys, victim),
    wrap: formOf,
    sign,
    spoilings: [
      (signed) => changed(signed, 'signature', null),
      ...[
        () => '', () => 'x', () => Buffer.alloc(256).toString('base64'), () => Buffer.alloc(4_000, 1).toString('base64'),
        (value: string) => value.slice(0, -4), (value: string) => `${value}AAAA`, (value: string) => `${value} `,
        (value: string) => Buffer.from(value, 'base64').toString('hex'), (value: string) => value.slice(0, 5).concat('\n', value.slice(5)),
      ].map((change) => (signed: Notice) => changed(signed, 'signature', change)),
      (signed) => changed(signed, certificateName, () => keys.merchant_certificate),
      ({ headers, body }) => ({ headers, body: Buffer.concat([body, Buffer.from('&respCode=00')]) }),
      ({ headers, body }) => ({ headers, body: Buffer.concat([Buffer.from('txnAmt=1&'), body]) }),
      ({ headers, body }) => ({ headers, body: Buffer.concat([body, Buffer.from('&extra=1')]) }),
    ],
    strangers: [
      (body) => sign(body, keys.merchant_private_key),
      (body) => sign(body, keys.merchant_private_key, keys.merchant_certificate),
    ],
    isSame: (one, other) => contentOf(parametersOf(one)) === contentOf(parametersOf(other)) && signatureOf(one) === signatureOf(other),
    means: (body, victim) => means(keys, body, victim),
  };
} // prettier-ignore

const certificateName = 'signPubKeyCert';

function parametersOf(body: Buffer): Parameters {
  return [...new URLSearchParams(body.toString('utf8'))];
}

/** What a signature covers: all but itself and what is empty, by name. */
function contentOf(parameters: Parameters): string {
  const covered = parameters.filter(([name, value]) => value !== '' && name !== 'signature');
  covered.sort(([one], [other]) => (one < other ? -1 : 1));
  return covered.map(([name, value]) => `${name}=${value}`).join('&');
}

function digestOf(parameters: Parameters): string {
  return createHash('sha256').update(contentOf(parameters)).digest('hex');
}

function signatureOf(body: Buffer): string {
  return JSON.stringify(parametersOf(body).filter(([name]) => name === 'signature'));
}

function noticeOf(form: string): Notice {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8' };
  return { headers, body: Buffer.from(form) };
}

function changed(
  { body }: Notice,
  name: string,
  change: ((value: string) => string) | null,
): Notice {
  const form = new URLSearchParams(body.toString('utf8'));
  const value = form.get(name) ?? '';
  if (change) form.set(name, change(value));
  else form.delete(name);
  return noticeOf(form.toString());
}

/** The members as parameters, one that is no text as the JSON of it; what is no object, or too deep, stays as it is. */
function formOf(said: Buffer): Buffer {
  try {
    const members = Object.entries(JSON.parse(said.toString('utf8')) as object);
    const pairs = members.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
    return Buffer.from(new URLSearchParams(pairs as Parameters).toString());
  } catch {
    return said;
  }
} // prettier-ignore

function payment({ mer_id }: Keys['unionpay'], { payment: { amount }, reference }: Victim): object {
  const queryId = `20261125100001${String(randomInt(10 ** 7)).padStart(7, '0')}`;
  return {
    version: '5.1.0', encoding: 'UTF-8', signMethod: '01', accessType: '0', merId: mer_id, txnType: '01', txnSubType: '07', bizType: '000000',
    orderId: orderIdOf(reference), txnTime: '20261125100000', txnAmt: String(amount), currencyCode: '156', settleAmt: String(amount),
    settleCurrencyCode: '156', settleDate: '1125', traceNo: queryId.slice(-6), traceTime: '1125100001', queryId, accNo: '6216***********0018',
    respCode: '00', respMsg: '成功',
  };
} // prettier-ignore

/** Our number as UnionPay takes it: letters and digits only. */
function orderIdOf(reference: string): string {
  return reference.replace('_', '');
}

function means(
  { mer_id }: Keys['unionpay'],
  body: Buffer,
  { payment: { amount }, reference }: Victim,
): boolean {
  const told = Object.fromEntries(parametersOf(body));
  if (told['merId'] !== mer_id || told['orderId'] !== orderIdOf(reference)) return false;
  if (told['txnType'] !== '01' || told['currencyCode'] !== '156') return false;
  return ['00', 'A6'].includes(told['respCode'] ?? '') && Number(told['txnAmt']) === amount;
}
