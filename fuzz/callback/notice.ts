import type { Keys } from '../sandbox.ts';
import type { Payment, Shop } from '../shop.ts';

/** A payment that waits for its payer, or a refund that waits for its channel: what a callback may change. */
export interface Victim {
  readonly kind: 'payment' | 'refund';
  readonly payment: Payment;
  /** Our number at the channel: the attempt's, or the refund's. */
  readonly reference: string;
  readonly refund: string | null;
  /** What can be seen of it, before anything was sent. */
  readonly before: string;
}

/** A callback as it goes over the wire. */
export interface Notice {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How one channel speaks; written from channels.md, not from the adapters. */
export interface Tongue {
  readonly channel: keyof Keys;
  readonly account: string;
  /** What a callback that is not believed is answered with (contract section 4). */
  readonly refusal: number;
  /** Does an acknowledgement say that the callback was understood? Stripe's accounts hear much that is nobody's. */
  readonly acknowledgesOnlyMeaning: boolean;
  /** The method of a payment that waits for its payer, and of one whose refund waits, where a notice tells of one. */
  readonly orders: { readonly payment: object; readonly refund?: object };
  /** What the channel would say of this victim, before it is wrapped. */
  readonly sample: (victim: Victim) => object;
  /** The body around what is said: sealed where the channel seals. */
  readonly wrap: (said: Buffer, victim: Victim) => Buffer;
  readonly sign: (body: Buffer) => Notice;
  /** Ways to spoil what `sign` gave. */
  readonly spoilings: readonly ((signed: Notice) => Notice)[];
  /** What `sign` would give by another key or at another time. */
  readonly strangers: readonly ((body: Buffer) => Notice)[];
  /** Is what was signed the same in both bodies? Where a body is decoded first, other bytes may say it. */
  readonly isSame: (one: Buffer, other: Buffer) => boolean;
  /** Does this correctly signed body say, about this victim, what may change it? */
  readonly means: (body: Buffer, victim: Victim) => boolean;
} // prettier-ignore

/** Everything of a victim that a merchant can see and that money depends on. */
export async function lookAt(
  shop: Shop,
  paymentId: string,
  refund: string | null,
): Promise<string> {
  const { status, outcome, late, amount_captured, amount_refunded, attempts, refunds } =
    await shop.payment(paymentId);
  const shown = refund === null ? null : await shop.get(`/v1/refunds/${refund}`);
  const of = shown && (JSON.parse(shown.text) as { status: string; amount: number });
  const tries = attempts.map((one) => [one.status, one.amount_captured, one.amount_refunded]);
  return JSON.stringify([status, outcome, late, amount_captured, amount_refunded, tries, refunds, of?.status, of?.amount]); // prettier-ignore
}
