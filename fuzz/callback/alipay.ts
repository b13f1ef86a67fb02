import { createSign, randomBytes } from 'node:crypto';

import type { Keys } from '../sandbox.ts';
import type { Notice, Tongue, Victim } from './notice.ts';

type Parameters = [name: string, value: string][];

/** Alipay: a form whose decoded values are signed by RSA2, the signature one of them (channels.md 2.3). */
export function alipay({ alipay: keys }: Keys): Tongue {
  const sign = (body: Buffer, key = keys.alipay_private_key, digest = 'RSA-SHA256'): Notice => {
    const signature = createSign(digest).update(contentOf(parametersOf(body))).sign(key, 'base64');
    return signedBy(body, signature);
  };
  return {
    channel: 'alipay',
    account: keys.channel_account,
    refusal: 401,
    acknowledgesOnlyMeaning: false,
    orders: { payment: { method: { type: 'alipay_qr' } } }, // a notice of a refund is the payment, told once more
    sample: (victim) => trade(keys, victim),
    wrap: formOf,
    sign,
    spoilings: [
      ({ headers, body }) => ({ headers, body: changed(body, 'sign', null) }),
      ({ headers, body }) => ({ headers, body: changed(body, 'sign_type', null) }),
      ...[
        () => '', () => 'RSA', () => 'rsa2', () => 'HMAC', () => 'none', () => '__proto__',
      ].map((change) => spoiling('sign_type', change)),
      ...[
        () => '', () => 'x', () => Buffer.alloc(256).toString('base64'), () => Buffer.alloc(4_000, 1).toString('base64'),
        (value: string) => value.slice(0, -4), (value: string) => `${value}AAAA`, (value: string) => `${value} `, (value: string) => value.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '!'),
        (value: string) => Buffer.from(value, 'base64').toString('hex'), (value: string) => value.slice(0, 5).concat('\n', value.slice(5)),
      ].map((change) => spoiling('sign', change)),
      ({ headers, body }) => ({ headers, body: Buffer.concat([body, Buffer.from('&trade_status=TRADE_SUCCESS')]) }),
      ({ headers, body }) => ({ headers, body: Buffer.concat([Buffer.from('total_amount=0.01&'), body]) }),
      ({ headers, body }) => ({ headers, body: Buffer.concat([body, Buffer.from('&extra=1')]) }),
    ],
    strangers: [
      (body) => sign(body, keys.app_private_key),
      (body) => sign(body, undefined, 'RSA-SHA1'),
      (body) => signedBy(body, createSign('RSA-SHA256').update(body).sign(keys.alipay_private_key, 'base64')),
    ],
    isSame: (one, other) => contentOf(parametersOf(one)) === contentOf(parametersOf(other)) && markOf(one) === markOf(other),
    means: (body, victim) => means(keys, body, victim),
  };
} // prettier-ignore

function parametersOf(body: Buffer): Parameters {
  return [...new URLSearchParams(body.toString('utf8'))];
}

const marks = new Set(['sign', 'sign_type']);

/** What a signature covers: all but itself and what is empty, by name. */
function contentOf(parameters: Parameters): string {
  const covered = parameters.filter(([name, value]) => value !== '' && !marks.has(name));
  covered.sort(([one], [other]) => (one < other ? -1 : 1));
  return covered.map(([name, value]) => `${name}=${value}`).join('&');
}

function markOf(body: Buffer): string {
  return JSON.stringify(parametersOf(body).filter(([name]) => marks.has(name)).sort());
} // prettier-ignore

function signedBy(body: Buffer, signature: string): Notice {
  const mark = new URLSearchParams({ sign_type: 'RSA2', sign: signature }).toString();
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };
  return { headers, body: Buffer.concat([body, Buffer.from(body.length > 0 ? '&' : ''), Buffer.from(mark)]) };
} // prettier-ignore

function spoiling(name: string, change: (value: string) => string) {
  return ({ headers, body }: Notice): Notice => ({ headers, body: changed(body, name, change) });
}

function changed(body: Buffer, name: string, change: ((value: string) => string) | null): Buffer {
  const form = new URLSearchParams(body.toString('utf8'));
  const value = form.get(name) ?? '';
  if (change) form.set(name, change(value));
  else form.delete(name);
  return Buffer.from(form.toString());
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

function trade({ app_id, seller_id }: Keys['alipay'], { payment, reference }: Victim): object {
  return {
    notify_time: beijingNow(),
    notify_type: 'trade_status_sync',
    notify_id: randomBytes(17).toString('hex'),
    app_id,
    auth_app_id: app_id,
    charset: 'utf-8',
    version: '1.0',
    trade_no: `20261125${randomBytes(10).toString('hex')}`,
    out_trade_no: reference,
    out_biz_no: '',
    buyer_id: '2088102175794899',
    seller_id,
    trade_status: 'TRADE_SUCCESS',
    total_amount: yuan(payment.amount),
    receipt_amount: yuan(payment.amount),
    buyer_pay_amount: yuan(payment.amount),
    gmt_create: '2026-11-25 10:00:00',
    gmt_payment: '2026-11-25 10:00:01',
    fund_bill_list: `[{"amount":"${yuan(payment.amount)}","fundChannel":"ALIPAYACCOUNT"}]`,
  };
}

/** Alipay repeats a notice for 25 hours, and writes when it sent it in its own time. */
function beijingNow(): string {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

function yuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

const paid = ['TRADE_SUCCESS', 'TRADE_FINISHED', 'TRADE_CLOSED']; // closed: given back, when it names what was paid

function means(
  { app_id, seller_id }: Keys['alipay'],
  body: Buffer,
  { payment, reference }: Victim,
): boolean {
  const told = Object.fromEntries(parametersOf(body));
  if (told['app_id'] !== app_id || told['seller_id'] !== seller_id) return false;
  if (told['notify_type'] !== 'trade_status_sync' || told['out_trade_no'] !== reference) return false;
  if ((told['trans_currency'] || 'CNY') !== 'CNY') return false;
  return paid.includes(told['trade_status'] ?? '') && told['total_amount'] === yuan(payment.amount);
} // prettier-ignore
