import { clock } from '../clock.ts';
import { type Conduct, conductOf } from './card.ts';
import { freshId, type Intent, type MethodType, type StripeOptions } from './intent.ts';
import type { NamedMethod } from './parameters.ts';
import { channel, invalid, missing } from './wording.ts';

/** What a payer pays with, as Stripe keeps it. */
export interface PaymentMethod {
  readonly id: string;
  readonly type: MethodType;
  /** The card that it was made of, which says how it behaves; null where the payer pays on a page. */
  readonly token: string | null;
  readonly created_at: number;
  /** Who may pay with it again; null: it is good for one payment. */
  readonly customer: string | null;
  /** It has paid once and belongs to nobody, or was taken from who it belonged to. */
  readonly is_used_up: boolean;
}

/** A payment method that is there, or (without a number) what one is to be made of. */
export type Instrument = Pick<PaymentMethod, 'type' | 'token'> & { readonly id: string | null };

/** The payment method with this number, or null. */
export function findMethod({ books }: StripeOptions, id: string): PaymentMethod | null {
  const found = id.startsWith('pm_') ? books.keptObject(channel, id) : undefined;
  return (found as PaymentMethod | undefined) ?? null;
}

/** Writes a payment method, new or changed. */
export function saveMethod({ books }: StripeOptions, own: PaymentMethod): PaymentMethod {
  books.write({ kind: 'kept_object', kept: { channel, id: own.id, own } });
  return own;
}

/** A customer's, newest first. */
export function methodsOf({ books }: StripeOptions, customer: string): PaymentMethod[] {
  const kept = books.keptObjectsOf(channel) as readonly Partial<PaymentMethod>[];
  const own = kept.filter(
    (one): one is PaymentMethod => one.id?.startsWith('pm_') === true && one.customer === customer,
  );
  return own.reverse();
}

/**
 * It has paid: from now on it is its customer's where that was agreed to, and may be made somebody's where only that was
 * agreed to; else it is used up.
 */
export function afterPayment(
  options: StripeOptions,
  { payment_method, customer, setup_future_usage }: Intent,
): void {
  const known = payment_method === null ? null : findMethod(options, payment_method);
  if (!known || known.customer !== null) return;
  if (setup_future_usage === null) saveMethod(options, { ...known, is_used_up: true });
  else if (customer !== null) saveMethod(options, { ...known, customer });
}

/**
 * What a call names to pay with; null when it names nothing. A card's token is no payment method: it stands in
 * `payment_method_data`, and a payment method is made of it. A published test card (`pm_card_…`) is always a new one.
 */
export function instrumentOf(
  options: StripeOptions,
  asked: NamedMethod,
): Instrument | null | { readonly refused: ReturnType<typeof invalid> } {
  const { payment_method: id, payment_method_data: data } = asked;
  if (data) return madeOf(data);
  if (id === undefined) return null;
  if (id.startsWith('pm_card_') && conductOf(id)) return { id: null, type: 'card', token: id };
  return (
    findMethod(options, id) ?? { refused: missing('PaymentMethod', id, 'payment_method', 400) }
  );
}

function madeOf({
  type,
  card,
}: NonNullable<NamedMethod['payment_method_data']>): ReturnType<typeof instrumentOf> {
  if (type !== 'card') return { id: null, type, token: null };
  const param = 'payment_method_data[card][token]';
  if (!card)
    return {
      refused: invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param }),
    };
  const { token } = card;
  const isCard = token.startsWith('tok_') && conductOf(token);
  return isCard ? { id: null, type, token } : { refused: missing('token', token, param, 400) };
}

/** The payment method itself: made now where there is none yet. */
export function methodOf(options: StripeOptions, { id, type, token }: Instrument): PaymentMethod {
  const known = id === null ? null : findMethod(options, id);
  if (known) return known;
  const made = { id: freshId('pm'), type, token, created_at: clock.now() };
  return saveMethod(options, { ...made, customer: null, is_used_up: false });
}

/** What happens when one pays with it. */
export function conductBy({ token }: Pick<Instrument, 'token'>): Conduct {
  if (token === null) return { kind: 'asks_payer' };
  const conduct = conductOf(token);
  if (!conduct) throw new Error(`nobody issued ${token}`);
  return conduct;
}
