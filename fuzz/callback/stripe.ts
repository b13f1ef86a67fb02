import { createHash, createHmac, randomBytes } from 'node:crypto';

import type { Keys } from '../sandbox.ts';
import type { Notice, Tongue, Victim } from './notice.ts';

const name = 'Stripe-Signature';

/** Stripe: HMAC over time and body in one header, the event in the clear (channels.md section 3). */
export function stripe({ stripe: { channel_account, webhook_secret } }: Keys): Tongue {
  const signature = (body: Buffer, at = Date.now(), secret = webhook_secret) => {
    const time = String(Math.floor(at / 1_000));
    return { time, v1: createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex') };
  };
  const sign = (body: Buffer, at?: number, secret?: string): Notice => {
    const { time, v1 } = signature(body, at, secret);
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      [name]: `t=${time},v1=${v1}`,
    };
    return { headers, body };
  };
  return {
    channel: 'stripe',
    account: channel_account,
    refusal: 400,
    acknowledgesOnlyMeaning: false,
    orders: {
      payment: { method: { type: 'card', token: 'tok_3ds' }, currency: 'USD' },
      refund: { method: { type: 'card', token: 'tok_ok' }, currency: 'USD' },
    },
    sample: (victim) => event(victim),
    wrap: (said) => said,
    sign,
    spoilings,
    isSame: (one, other) => one.equals(other),
    strangers: [
      (body) => sign(body, Date.now() - 360_000),
      (body) => sign(body, Date.now() + 360_000),
      (body) => sign(body, 0),
      (body) => sign(body, Date.now(), 'whsec_another'),
      (body) => sign(body, Date.now(), webhook_secret.replace('whsec_', '')),
      (body) => sign(body, Date.now(), ''),
      (body) => {
        const { time } = signature(body);
        const plain = createHash('sha256').update(`${webhook_secret}${time}.`).update(body);
        return { headers: { [name]: `t=${time},v1=${plain.digest('hex')}` }, body };
      },
    ],
    means,
  };
}

const spoilings: Tongue['spoilings'] = [
  ({ body }) => ({ headers: {}, body }),
  ...[
    (value: string) => value.replace('v1=', 'v0='),
    (value: string) => value.replace('v1=', 'v2='),
    (value: string) => value.replace(/t=(\d+)/, (_, t: string) => `t=${Number(t) + 1}`),
    (value: string) => value.replace(/t=(\d+)/, 't=$1,t=$1'),
    (value: string) => value.replace(/t=\d+,/, ''),
    (value: string) => value.replace(/t=\d+/, 't='),
    (value: string) => value.replace(/t=\d+/, `t=${'9'.repeat(400)}`),
    (value: string) => value.replace(/t=\d+/, 't=-1'),
    (value: string) => value.replace(/t=\d+/, 't=1e9'),
    (value: string) => value.slice(0, -1),
    (value: string) => `${value}0`,
    (value: string) => value.replace(/v1=\w+/, `v1=${'0'.repeat(64)}`),
    (value: string) => value.replace(/v1=\w+/, 'v1='),
    (value: string) => value.replace(/v1=\w+/, Array.from({ length: 100 }, (_, i) => `v1=${String(i).padStart(64, '0')}`).join(',')),
    (value: string) => value.replace(',', ';'),
    () => '__proto__=1,constructor=2',
    () => ','.repeat(5_000),
    () => '='.repeat(5_000),
  ].map((change) => ({ headers, body }: Notice) => ({ headers: { ...headers, [name]: change(headers[name] ?? '') }, body })),
]; // prettier-ignore

function event(victim: Victim): object {
  const isPayment = victim.kind === 'payment';
  return {
    id: `evt_${randomBytes(12).toString('hex')}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: isPayment ? 'payment_intent.succeeded' : 'refund.updated',
    data: { object: isPayment ? intent(victim) : refund(victim) },
  };
}

function intent({ payment, reference }: Victim): object {
  return {
    id: payment.attempts[0]?.channel_reference ?? 'pi_1',
    object: 'payment_intent',
    amount: payment.amount,
    amount_received: payment.amount,
    currency: 'usd',
    capture_method: 'automatic',
    status: 'succeeded',
    livemode: false,
    created: Math.floor(Date.now() / 1_000),
    metadata: { reference },
    cancellation_reason: null,
    last_payment_error: null,
    latest_charge: 'ch_1',
    next_action: null,
  };
}

function refund({ payment, reference }: Victim): object {
  return {
    id: `re_${randomBytes(8).toString('hex')}`,
    object: 'refund',
    amount: payment.amount,
    currency: 'usd',
    status: 'succeeded',
    payment_intent: payment.attempts[0]?.channel_reference,
    created: Math.floor(Date.now() / 1_000),
    metadata: { reference },
  };
}

interface Told {
  readonly object?: unknown;
  readonly livemode?: unknown;
  readonly account?: unknown;
  readonly data?: {
    readonly object?: {
      readonly amount?: unknown;
      readonly amount_received?: unknown;
      readonly currency?: unknown;
      readonly status?: unknown;
      readonly metadata?: { readonly reference?: unknown };
    };
  };
}

function means(body: Buffer, { payment, reference }: Victim): boolean {
  let told: Told | null;
  try {
    told = JSON.parse(body.toString('utf8')) as Told | null;
  } catch {
    return false;
  }
  if (told?.object !== 'event' || told.livemode !== false || told.account) return false;
  const about = told.data?.object;
  if (about?.metadata?.reference !== reference || about.currency !== 'usd') return false;
  return about.amount === payment.amount || about.amount_received === payment.amount;
}
