import { createHmac, randomBytes } from 'node:crypto';

import type { Keys } from '../sandbox.ts';
import type { Notice, Tongue, Victim } from './notice.ts';

const headers = { 'Content-Type': 'application/json; charset=utf-8' };
const stranger = randomBytes(32).toString('hex');
/** Stands where the signature goes: what is around it keeps its bytes, however odd they are. */
const place = '@mark@';

/** Adyen: a list of items, each with an HMAC of eight of its members among them (channels.md section 5). */
export function adyen({ adyen: keys }: Keys): Tongue {
  const sign = (body: Buffer, key = keys.hmac_key, digest = 'sha256'): Notice => {
    const item = itemOf(body);
    if (!item) return { headers, body };
    const mark = createHmac(digest, Buffer.from(key, 'hex')).update(contentOf(item)).digest('base64');
    return { headers, body: Buffer.from(body.toString('latin1').replaceAll(place, mark), 'latin1') };
  };
  return {
    channel: 'adyen',
    account: keys.channel_account,
    refusal: 401,
    acknowledgesOnlyMeaning: false,
    orders: {
      payment: { method: { type: 'card', token: 'tok_3ds' }, currency: 'KWD' },
      refund: { method: { type: 'card', token: 'tok_ok' }, currency: 'KWD' },
    },
    sample: (victim) => ({ live: 'false', notificationItems: [{ NotificationRequestItem: item(keys, victim) }] }),
    wrap: (said) => said,
    sign,
    spoilings: [
      ...[
        () => undefined, () => '', () => 'x', () => null, () => 1, () => [], () => ({}), () => Buffer.alloc(32).toString('base64'),
        () => Buffer.alloc(4_000, 1).toString('base64'), (mark: string) => mark.slice(0, -5), (mark: string) => `AAAA${mark}`, (mark: string) => [mark],
        (mark: string) => Buffer.from(mark, 'base64').toString('hex'), (mark: string) => mark.toLowerCase(),
      ].map((change) => (signed: Notice): Notice => ({ ...signed, body: marked(signed.body, change) })),
      (signed) => ({ ...signed, body: changed(signed.body, ({ additionalData: _, ...bare }) => bare) }),
      (signed) => ({ ...signed, body: changed(signed.body, ({ amount, ...rest }) => ({ ...rest, amount: { ...(amount as object), value: 1 } })) }),
      (signed) => ({ ...signed, body: changed(signed.body, (one) => ({ ...one, originalReference: '0' })) }),
    ],
    strangers: [
      (body) => sign(body, stranger),
      (body) => sign(body, ''),
      (body) => sign(body, keys.hmac_key, 'sha1'),
      (body) => sign(body, Buffer.from(keys.hmac_key).toString('hex')), // the letters of the key, not its bytes
      (body) => ({ headers: { ...headers, HmacSignature: createHmac('sha256', Buffer.from(keys.hmac_key, 'hex')).update(body).digest('base64') }, body }),
    ],
    isSame: (one, other) => signedOf(one) !== null && signedOf(one) === signedOf(other),
    means: (body, victim) => means(keys, body, victim),
  };
} // prettier-ignore

type Item = Readonly<Record<string, unknown>>;

/** The one item of a body, or null. */
function itemOf(body: Buffer): Item | null {
  try {
    const told = JSON.parse(body.toString('utf8')) as { notificationItems: { NotificationRequestItem: unknown }[] };
    const [first, ...others] = told.notificationItems;
    const found = first?.NotificationRequestItem;
    return others.length === 0 && typeof found === 'object' && found !== null ? (found as Item) : null;
  } catch {
    return null;
  }
} // prettier-ignore

/** What a signature covers; what is missing is empty. */
function contentOf({ pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success }: Item): string {
  const { value, currency } = (amount ?? {}) as { value?: unknown; currency?: unknown };
  const covered = [pspReference, originalReference, merchantAccountCode, merchantReference, value, currency, eventCode, success];
  return covered.map((one) => (one === null || one === undefined ? '' : writtenAs(one))).join(':');
} // prettier-ignore

function writtenAs(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? 'no text' : JSON.stringify(value);
}

function signedOf(body: Buffer): string | null {
  const item = itemOf(body);
  return item && `${contentOf(item)} ${writtenAs(markOf(item))}`;
}

function markOf({ additionalData }: Item): unknown {
  return (additionalData as Item | null | undefined)?.['hmacSignature'] ?? '';
}

function marked(body: Buffer, change: (mark: string) => unknown): Buffer {
  return changed(body, (item) => {
    const mark = markOf(item);
    const hmacSignature = change(typeof mark === 'string' ? mark : '');
    return { ...item, additionalData: { ...(item['additionalData'] as object), hmacSignature } };
  });
}

/** The same body with its item changed; what holds none stays as it is. */
function changed(body: Buffer, change: (item: Item) => object): Buffer {
  const item = itemOf(body);
  if (!item) return body;
  const told = JSON.parse(body.toString('utf8')) as { notificationItems: [object] };
  const NotificationRequestItem = change(item);
  const first = { ...told.notificationItems[0], NotificationRequestItem };
  return Buffer.from(JSON.stringify({ ...told, notificationItems: [first] }));
}

const number = () => randomBytes(8).toString('hex').toUpperCase();

function item({ merchant_account }: Keys['adyen'], { kind, payment, reference }: Victim): object {
  const isPayment = kind === 'payment';
  return {
    eventCode: isPayment ? 'AUTHORISATION' : 'REFUND',
    success: 'true',
    eventDate: '2026-11-29T10:00:00+01:00',
    pspReference: number(),
    originalReference: isPayment ? '' : payment.attempts[0]?.channel_reference,
    merchantAccountCode: merchant_account,
    merchantReference: reference,
    amount: { value: payment.amount, currency: payment.currency },
    paymentMethod: 'visa',
    operations: ['CANCEL', 'CAPTURE', 'REFUND'],
    reason: isPayment ? '033899:1111:03/2030' : '',
    additionalData: { hmacSignature: place, cardSummary: '1111', expiryDate: '03/2030' },
  };
}

const about = {
  payment: ['AUTHORISATION'],
  refund: ['REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED'],
} as const satisfies Record<Victim['kind'], readonly string[]>;

/** Also a refusal changes a payment, and it may name any amount. */
function means({ merchant_account }: Keys['adyen'], body: Buffer, victim: Victim): boolean {
  const { kind, payment, reference } = victim;
  const told = itemOf(body);
  if (told?.['merchantAccountCode'] !== merchant_account || told['merchantReference'] !== reference) return false;
  if (!(about[kind] as readonly unknown[]).includes(told['eventCode'])) return false;
  if (kind === 'payment' && told['success'] === 'false') return true;
  const { value, currency } = (told['amount'] ?? {}) as Item;
  return value === payment.amount && currency === payment.currency;
} // prettier-ignore
