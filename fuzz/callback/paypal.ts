import { createSign, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';

import type { Keys } from '../sandbox.ts';
import type { Notice, Tongue, Victim } from './notice.ts';

const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }); // prettier-ignore

interface Marks {
  readonly key?: string | Buffer;
  readonly webhook?: string;
  readonly digest?: string;
  readonly sum?: (body: Buffer) => string;
}

/** PayPal: RSA over number and time of the transmission, the webhook's number and the body's CRC (channels.md section 4). */
export function paypal({ paypal: keys }: Keys): Tongue {
  const sign = (body: Buffer, marks: Marks = {}): Notice => {
    const { key = keys.webhook_private_key, webhook = keys.webhook_id, digest = 'RSA-SHA256' } = marks;
    const { sum = (bytes: Buffer) => String(crc32(bytes)) } = marks;
    const [id, time] = [randomUUID(), new Date().toISOString()];
    const message = [id, time, webhook, sum(body)].join('|');
    const headers = {
      'Content-Type': 'application/json',
      'PayPal-Transmission-Id': id,
      'PayPal-Transmission-Time': time,
      'PayPal-Transmission-Sig': createSign(digest).update(message).sign(key, 'base64'),
      'PayPal-Cert-Url': 'https://api.paypal.com/v1/notifications/certs/CERT-1',
      'PayPal-Auth-Algo': 'SHA256withRSA',
    };
    return { headers, body };
  };
  const without = (name: string) => ({ headers, body }: Notice) => ({ headers: Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name)), body });
  const using = (name: string, change: (value: string) => string) => ({ headers, body }: Notice) => ({ headers: { ...headers, [name]: change(headers[name] ?? '') }, body });
  return {
    channel: 'paypal',
    account: keys.channel_account,
    refusal: 401,
    acknowledgesOnlyMeaning: false,
    orders: { payment: { method: { type: 'paypal' }, currency: 'USD' }, refund: { method: { type: 'paypal' }, currency: 'USD' } },
    sample: (victim) => event(keys, victim),
    wrap: (said) => said,
    sign,
    isSame: (one, other) => one.equals(other),
    spoilings: [
      ...['PayPal-Transmission-Id', 'PayPal-Transmission-Time', 'PayPal-Transmission-Sig', 'PayPal-Auth-Algo'].map(without),
      using('PayPal-Transmission-Id', (value) => `${value}|`),
      using('PayPal-Transmission-Id', (value) => `${value}|${value}`),
      using('PayPal-Transmission-Time', (value) => value.replace('Z', '+00:00')),
      using('PayPal-Transmission-Sig', (value) => value.slice(0, -4)),
      using('PayPal-Transmission-Sig', (value) => `${value}AAAA`),
      using('PayPal-Transmission-Sig', () => Buffer.alloc(256).toString('base64')),
      using('PayPal-Transmission-Sig', () => Buffer.alloc(4_000, 1).toString('base64')),
      ...['SHA1withRSA', 'none', '', 'sha256withrsa', '__proto__'].map((algorithm) => using('PayPal-Auth-Algo', () => algorithm)),
    ],
    strangers: [
      (body) => sign(body, { key: stranger }),
      (body) => sign(body, { webhook: 'ANOTHERWEBHOOK' }),
      (body) => sign(body, { webhook: '' }),
      (body) => sign(body, { digest: 'RSA-SHA1' }),
      (body) => sign(body, { sum: (bytes) => crc32(bytes).toString(16) }),
    ],
    means: (body, victim) => means(keys, body, victim),
  };
} // prettier-ignore

function event(keys: Keys['paypal'], victim: Victim): object {
  const isPayment = victim.kind === 'payment';
  return {
    id: `WH-${randomBytes(9).toString('hex').toUpperCase()}`,
    event_version: '1.0',
    create_time: '2026-11-25T10:00:00.000Z',
    resource_type: isPayment ? 'capture' : 'refund',
    resource_version: '2.0',
    event_type: isPayment ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.REFUNDED',
    summary: 'Payment completed',
    resource: isPayment ? capture(keys, victim) : refund(victim),
    links: [],
  };
}

function capture({ merchant_id }: Keys['paypal'], { payment, reference }: Victim): object {
  return {
    id: randomBytes(9).toString('hex').toUpperCase().slice(0, 17),
    status: 'COMPLETED',
    amount: dollars(payment.amount),
    final_capture: true,
    custom_id: reference,
    invoice_id: reference,
    payee: { merchant_id },
    supplementary_data: { related_ids: { order_id: payment.attempts[0]?.channel_reference } },
    create_time: '2026-11-25T10:00:00Z',
    update_time: '2026-11-25T10:00:00Z',
  };
}

function refund({ payment, reference }: Victim): object {
  return {
    id: randomBytes(9).toString('hex').toUpperCase().slice(0, 17),
    status: 'COMPLETED',
    amount: dollars(payment.amount),
    invoice_id: reference,
    create_time: '2026-11-25T10:00:00Z',
    update_time: '2026-11-25T10:00:00Z',
  };
}

function dollars(cents: number): object {
  const value = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  return { currency_code: 'USD', value };
}

interface Told {
  readonly resource_type?: unknown;
  readonly resource?: {
    readonly custom_id?: unknown;
    readonly invoice_id?: unknown;
    readonly amount?: { readonly value?: unknown; readonly currency_code?: unknown };
    readonly payee?: { readonly merchant_id?: unknown } | null;
  };
}

function means(keys: Keys['paypal'], body: Buffer, victim: Victim): boolean {
  const resource = saidOf(body, victim.kind === 'payment' ? 'capture' : 'refund');
  if ((resource?.payee?.merchant_id ?? keys.merchant_id) !== keys.merchant_id) return false;
  const label = victim.kind === 'payment' ? resource?.custom_id : resource?.invoice_id;
  if (label !== victim.reference) return false;
  return JSON.stringify(dollars(victim.payment.amount)) === JSON.stringify({ currency_code: resource?.amount?.currency_code, value: resource?.amount?.value });
} // prettier-ignore

function saidOf(body: Buffer, type: string): Told['resource'] {
  try {
    const told = JSON.parse(body.toString('utf8')) as Told | null;
    return told?.resource_type === type ? told.resource : undefined;
  } catch {
    return undefined;
  }
}
