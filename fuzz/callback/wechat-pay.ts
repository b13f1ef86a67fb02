import { createCipheriv, createDecipheriv, createSign, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'; // prettier-ignore

import type { Keys } from '../sandbox.ts';
import type { Notice, Tongue, Victim } from './notice.ts';

const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }); // prettier-ignore

/** WeChat Pay APIv3: RSA over timestamp, nonce and body, the notice sealed with AES-256-GCM (channels.md 1.2, 1.3). */
export function wechatPay({ 'wechat-pay': keys }: Keys): Tongue {
  const sign = (body: Buffer, at = Date.now(), key: string | Buffer = keys.platform_private_key): Notice => {
    const timestamp = String(Math.floor(at / 1_000));
    const nonce = randomBytes(16).toString('hex');
    const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
    const headers = {
      'Content-Type': 'application/json',
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': nonce,
      'Wechatpay-Serial': keys.platform_serial,
      'Wechatpay-Signature': createSign('RSA-SHA256').update(message).sign(key, 'base64'),
      'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
    };
    return { headers, body };
  };
  const without = (name: string) => ({ headers, body }: Notice) => ({ headers: Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name)), body });
  const using = (name: string, change: (value: string) => string) => ({ headers, body }: Notice) => ({ headers: { ...headers, [name]: change(headers[name] ?? '') }, body });
  return {
    channel: 'wechat-pay',
    account: keys.channel_account,
    refusal: 401,
    acknowledgesOnlyMeaning: true,
    orders: { payment: { method: { type: 'wechat_pay_qr' } }, refund: { method: { type: 'wechat_pay_qr' } } },
    sample: (victim) => (victim.kind === 'payment' ? transaction(keys, victim) : refund(keys, victim)),
    wrap: (said, { kind }) => Buffer.from(JSON.stringify({
      id: `EV-${randomUUID()}`,
      create_time: '2026-11-25T10:00:00+08:00',
      resource_type: 'encrypt-resource',
      event_type: kind === 'payment' ? 'TRANSACTION.SUCCESS' : 'REFUND.SUCCESS',
      summary: '支付成功',
      resource: sealed(keys.api_v3_key, said, kind === 'payment' ? 'transaction' : 'refund'),
    })),
    sign,
    isSame: (one, other) => one.equals(other),
    spoilings: [
      ...['Wechatpay-Timestamp', 'Wechatpay-Nonce', 'Wechatpay-Serial', 'Wechatpay-Signature'].map(without),
      using('Wechatpay-Timestamp', (value) => String(Number(value) + 1)),
      using('Wechatpay-Timestamp', (value) => `${value}.0`),
      using('Wechatpay-Timestamp', (value) => `0${value}`),
      using('Wechatpay-Timestamp', () => '9'.repeat(12)),
      using('Wechatpay-Nonce', (value) => value.toUpperCase()),
      using('Wechatpay-Nonce', (value) => `${value}x`.repeat(50)),
      ...['__proto__', 'constructor', 'toString', '', '0', keys.mchid].map((serial) => using('Wechatpay-Serial', () => serial)),
      using('Wechatpay-Signature', () => 'WECHATPAY/SIGNTEST/x'),
      using('Wechatpay-Signature', (value) => value.slice(0, -4)),
      using('Wechatpay-Signature', (value) => `${value}AAAA`),
      using('Wechatpay-Signature', (value) => Buffer.from(value, 'base64').toString('hex')),
      using('Wechatpay-Signature', () => Buffer.alloc(256).toString('base64')),
      using('Wechatpay-Signature', () => Buffer.alloc(4_000, 1).toString('base64')),
    ],
    means: (body, victim) => meaning(keys, body, victim),
    strangers: [
      (body) => sign(body, Date.now() - 360_000),
      (body) => sign(body, Date.now() + 360_000),
      (body) => sign(body, 0),
      (body) => sign(body, Date.now(), stranger),
      (body) => sign(body, Date.now(), keys.merchant_private_key),
    ],
  };
} // prettier-ignore

function sealed(key: string, said: Buffer, associated: string): object {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated));
  const ciphertext = Buffer.concat([cipher.update(said), cipher.final(), cipher.getAuthTag()]);
  return {
    original_type: associated,
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: ciphertext.toString('base64'),
    associated_data: associated,
    nonce,
  };
}

function transaction(keys: Keys['wechat-pay'], { payment, reference }: Victim): object {
  return {
    appid: keys.appid,
    mchid: keys.mchid,
    out_trade_no: reference,
    transaction_id: `42${randomBytes(12).toString('hex')}`,
    trade_type: 'NATIVE',
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'OTHERS',
    success_time: '2026-11-25T10:00:00+08:00',
    payer: { openid: 'oPayer' },
    amount: { total: payment.amount, payer_total: payment.amount, currency: 'CNY', payer_currency: 'CNY' },
  };
} // prettier-ignore

function refund(keys: Keys['wechat-pay'], { payment, reference }: Victim): object {
  return {
    mchid: keys.mchid,
    out_trade_no: payment.attempts[0]?.reference,
    transaction_id: payment.attempts[0]?.channel_reference,
    out_refund_no: reference,
    refund_id: `50${randomBytes(12).toString('hex')}`,
    refund_status: 'SUCCESS',
    success_time: '2026-11-25T10:00:00+08:00',
    user_received_account: '支付用户零钱',
    amount: { total: payment.amount, refund: payment.amount, payer_total: payment.amount, payer_refund: payment.amount },
  };
} // prettier-ignore

interface Told {
  readonly mchid?: unknown;
  readonly appid?: unknown;
  readonly out_trade_no?: unknown;
  readonly out_refund_no?: unknown;
  readonly trade_state?: unknown;
  readonly refund_status?: unknown;
  readonly amount?: { readonly total?: unknown; readonly refund?: unknown; readonly currency?: unknown };
} // prettier-ignore

function meaning(keys: Keys['wechat-pay'], body: Buffer, victim: Victim): boolean {
  const told = opened(keys.api_v3_key, body);
  const { amount } = victim.payment;
  if (told?.mchid !== keys.mchid || (told.appid ?? keys.appid) !== keys.appid) return false;
  if ((told.amount?.currency ?? 'CNY') !== 'CNY') return false;
  if (victim.kind === 'payment')
    return told.trade_state === 'SUCCESS' && told.out_trade_no === victim.reference && told.amount?.total === amount; // prettier-ignore
  const isEnd = ['SUCCESS', 'ABNORMAL', 'CLOSED', 'PROCESSING'].includes(String(told.refund_status)); // prettier-ignore
  return isEnd && told.out_refund_no === victim.reference && told.amount?.refund === amount;
}

function opened(key: string, body: Buffer): Told | null {
  try {
    const { resource } = JSON.parse(body.toString('utf8')) as { resource: Record<string, string> };
    const bytes = Buffer.from(resource['ciphertext'] ?? '', 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, resource['nonce'] ?? '');
    decipher.setAAD(Buffer.from(resource['associated_data'] ?? ''));
    decipher.setAuthTag(bytes.subarray(-16));
    const said = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
    return JSON.parse(said.toString('utf8')) as Told;
  } catch {
    return null;
  }
}
