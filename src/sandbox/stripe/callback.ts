import type { CallbackWire, Sealed } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import type { StripeEvent } from './event.ts';
import { signatureOf } from './signature.ts';

/** How Stripe calls back: any 2xx acknowledges, it insists for three days (channels.md 3). */
export const stripeCallback: CallbackWire = {
  ladder_s: [
    10, 60, 300, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800, 43_200, 43_200, 43_200, 43_200,
  ],
  acknowledge_ms: 10_000,
  acknowledged: ({ status }) => status >= 200 && status < 300,
  seal: (notice, faults, other) => seal(notice as StripeEvent, faults, other as StripeEvent | null),
};

function seal(event: StripeEvent, faults: readonly FaultName[], other: StripeEvent | null): Sealed {
  const said = faults.reduce((before, fault) => altered(before, fault, other), event);
  const signed = JSON.stringify(said);
  const signature = signatureOf(signed, {
    ...(faults.includes('stale_timestamp') ? { at: Date.now() - 600_000 } : {}),
    ...(faults.includes('wrong_key') ? { secret: 'whsec_of_a_stranger' } : {}),
  });
  return {
    body: faults.includes('tamper_ciphertext') ? signed.replace(/"amount":/, '"amount":9') : signed,
    headers: {
      'Stripe-Signature': faults.includes('forge_signature')
        ? signature.replace(/v1=.*/, `v1=${'07'.repeat(32)}`)
        : signature,
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
  };
}

/** What the event says once a fault has altered it; the books stay true. */
function altered(event: StripeEvent, fault: FaultName, other: StripeEvent | null): StripeEvent {
  const { object } = event.data;
  const saying = (said: Readonly<Record<string, unknown>>) => ({
    ...event,
    data: { object: said },
  });
  switch (fault) {
    case 'wrong_amount':
      return saying(oneLess(object));
    case 'wrong_currency':
      return saying({ ...object, currency: object['currency'] === 'usd' ? 'eur' : 'usd' });
    case 'malformed':
      return saying({ object: object['object'], id: object['id'], metadata: null, amount: null });
    case 'says_failed':
      return failed(event);
    case 'other_order': // what was truly said of another order, else of one that nobody made
      return other ?? saying(ofNobody(object));
    default:
      return event;
  }
}

function failed(event: StripeEvent): StripeEvent {
  const { object } = event.data;
  const said = {
    status: 'requires_payment_method',
    amount_received: 0,
    last_payment_error: declined,
  };
  return {
    ...event,
    id: `${event.id}_failed`,
    type: 'payment_intent.payment_failed',
    data: { object: { ...object, ...said } },
  };
}

const declined = {
  type: 'card_error',
  code: 'card_declined',
  message: 'The payment was declined.',
} as const;

function ofNobody(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const id = `${String(object['id']).split('_')[0] ?? ''}_of_nobody`;
  const metadata = { ...(object['metadata'] as object), reference: 'att_of_nobody_0000' };
  return {
    ...object,
    id,
    metadata,
    ...('payment_intent' in object ? { payment_intent: 'pi_of_nobody' } : {}),
    ...('charge' in object ? { charge: 'ch_of_nobody' } : {}),
  };
}

const amounts = [
  'amount',
  'amount_received',
  'amount_capturable',
  'amount_captured',
  'amount_refunded',
];

/**
 * The same object with amounts that are one unit less; in a list, every one of them.
 *
 * @param object as it goes over the wire; an error says no amount
 */
export function oneLess(
  object: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const data = object['data'];
  if (Array.isArray(data)) return { ...object, data: data.map(oneLess) };
  const less = ([name, value]: [string, unknown]) =>
    amounts.includes(name) && typeof value === 'number' && value > 0
      ? [name, value - 1]
      : [name, value];
  return Object.fromEntries(Object.entries(object).map(less)) as Readonly<Record<string, unknown>>;
}
