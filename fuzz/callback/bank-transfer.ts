import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign as signWith } from 'node:crypto'; // prettier-ignore

import type { Keys } from '../sandbox.ts';
import type { Notice, Tongue, Victim } from './notice.ts';

const stranger = generateKeyPairSync('ed25519').privateKey;

interface Marks {
  readonly key?: KeyObject;
  readonly keyid?: string;
  /** Seconds from now. */
  readonly age?: number;
  readonly first?: readonly [name: string, value: string];
  readonly label?: string;
  readonly alg?: string;
}

/** A bank: Ed25519 over the media type and the digest of the body, by RFC 9421 (docs/channels/bank-transfer.md section 1). */
export function bankTransfer({ 'bank-transfer': keys }: Keys): Tongue {
  const own = createPrivateKey(keys.bank_private_key);
  const sign = (body: Buffer, marks: Marks = {}): Notice => {
    const { key = own, keyid = keys.bank_key_id, age = 0, label = 'sig', alg = 'ed25519' } = marks;
    const { first = ['content-type', 'application/json'] } = marks;
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
    const created = Math.floor(Date.now() / 1_000) + age;
    const parameters = `("${first[0]}" "content-digest");created=${created};keyid="${keyid}";alg="${alg}"`;
    const base = `"${first[0]}": ${first[1]}\n"content-digest": ${digest}\n"@signature-params": ${parameters}`;
    const signature = signWith(null, Buffer.from(base), key).toString('base64');
    const headers = {
      'Content-Type': 'application/json',
      'Content-Digest': digest,
      'Signature-Input': `${label}=${parameters}`,
      Signature: `${label}=:${signature}:`,
    };
    return { headers, body };
  };
  const without = (name: string) => ({ headers, body }: Notice) => ({ headers: Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name)), body });
  const using = (name: string, change: (value: string) => string) => ({ headers, body }: Notice) => ({ headers: { ...headers, [name]: change(headers[name] ?? '') }, body });
  return {
    channel: 'bank-transfer',
    account: keys.channel_account,
    refusal: 401,
    acknowledgesOnlyMeaning: false,
    orders: { payment: { method: { type: 'bank_transfer' }, currency: 'EUR' }, refund: { method: { type: 'bank_transfer' }, currency: 'EUR' } },
    sample: (victim) => event(keys, victim),
    wrap: (said) => said,
    sign,
    isSame: (one, other) => one.equals(other),
    spoilings: [
      ...['Content-Digest', 'Signature-Input', 'Signature'].map(without),
      using('Content-Type', () => 'text/plain'),
      using('Content-Digest', (value) => value.toUpperCase()),
      using('Content-Digest', (value) => `${value}, sha-512=:AAAA:`),
      using('Signature-Input', (value) => `${value};nonce="1"`),
      using('Signature-Input', (value) => `${value}, ${value}`),
      using('Signature-Input', (value) => value.replace(/created=\d+/, 'created=1e9')),
      using('Signature-Input', (value) => value.replace('"content-type" ', '')),
      using('Signature', (value) => value.replace('=:', '=: ')),
      using('Signature', (value) => `${value}, ${value}`),
      using('Signature', () => 'sig=::'),
      using('Signature', () => `sig=:${Buffer.alloc(64).toString('base64')}:`),
      using('Signature', () => `sig=:${Buffer.alloc(4_000, 1).toString('base64')}:`),
    ],
    strangers: [
      (body) => sign(body, { key: stranger }),
      (body) => sign(body, { keyid: 'constructor' }),
      (body) => sign(body, { keyid: '__proto__' }),
      (body) => sign(body, { age: -301 }),
      (body) => sign(body, { age: 310 }),
      (body) => sign(body, { first: ['@status', '200'] }), // a reply of the bank
      (body) => sign(body, { label: 'sig1' }),
      (body) => sign(body, { alg: 'hmac-sha256' }),
    ],
    means: (body, victim) => means(keys, body, victim),
  };
} // prettier-ignore

const number = (kind: string) => kind + randomBytes(6).toString('hex').toUpperCase();

function event({ customer }: Keys['bank-transfer'], victim: Victim): object {
  const isPayment = victim.kind === 'payment';
  return {
    id: number('EV'),
    type: isPayment ? 'credit.booked' : 'return.booked',
    customer,
    created_at: '2026-11-29T16:41:07Z',
    virtual_account: isPayment ? virtualAccount(customer, victim) : null,
    return: isPayment ? null : moneyBack(customer, victim),
  };
}

function virtualAccount(customer: string, { payment, reference }: Victim): object {
  const amount = euros(payment.amount);
  return {
    object: 'virtual_account', number: reference, id: number('VA'), customer, status: 'open', amount, currency: 'EUR',
    description: 'Two tickets', notify_url: 'https://pay.example/x',
    iban: 'DE89370400440532013000', bic: 'COBADEFFXXX', holder: 'Demo Ltd', creditor_reference: 'RF18539007547034',
    expires_at: '2026-11-29T17:00:00Z', created_at: '2026-11-29T16:30:00Z', closed_at: null,
    credits: [{ id: number('CR'), amount, currency: 'EUR', booked_at: '2026-11-29T16:41:07Z', remittance: 'RF18539007547034', debtor: { name: 'A. Payer', iban: 'FR1420041010050500013M02606' } }],
  };
} // prettier-ignore

function moneyBack(customer: string, { payment, reference }: Victim): object {
  return {
    object: 'return', number: reference, id: number('RT'), customer, virtual_account: payment.attempts[0]?.reference,
    credit: payment.attempts[0]?.channel_reference, amount: euros(payment.amount), currency: 'EUR', reason: '', notify_url: 'https://pay.example/x',
    status: 'booked', reason_code: null, created_at: '2026-11-29T17:00:20Z', booked_at: '2026-11-29T17:00:25Z', bounced_at: null,
  };
} // prettier-ignore

function euros(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

interface Told {
  readonly customer?: unknown;
  readonly type?: unknown;
  readonly virtual_account?: { readonly number?: unknown; readonly customer?: unknown } | null;
  readonly return?: { readonly number?: unknown; readonly customer?: unknown; readonly amount?: unknown; readonly currency?: unknown } | null;
} // prettier-ignore

/** A credit changes a payment also when it is not the order's: then the bank is asked. */
function means({ customer }: Keys['bank-transfer'], body: Buffer, victim: Victim): boolean {
  const told = read(body);
  const isPayment = victim.kind === 'payment';
  const object = isPayment ? told?.virtual_account : told?.return;
  if (told?.customer !== customer || object?.customer !== customer) return false;
  if (object.number !== victim.reference) return false;
  if (isPayment) return told.type === 'credit.booked';
  return told.return?.amount === euros(victim.payment.amount) && told.return.currency === 'EUR';
}

function read(body: Buffer): Told | null {
  try {
    return JSON.parse(body.toString('utf8')) as Told | null;
  } catch {
    return null;
  }
}
