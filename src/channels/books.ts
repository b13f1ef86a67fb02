import type { Minor, Money } from '../domain/money.ts';
import type { NeverSent, Unknown } from '../domain/outcome.ts';

/** An order as the books of wallets have it. */
export interface BookedOrder extends Money {
  /** The books' own number of it. */
  readonly id: string;
  /** `open` takes nothing yet, of `held` the rest is still promised, `paid` and `closed` take no more. */
  readonly status: 'open' | 'held' | 'paid' | 'closed';
  readonly captured: Minor;
  readonly taken_at: Date | null;
  readonly held_until: Date | null;
}

/** Why the books moved nothing, definitely. */
export const bookRefusals = ['no_wallet', 'too_little', 'wrong_state'] as const;

export interface Unmoved {
  readonly kind: 'refused';
  readonly why: (typeof bookRefusals)[number];
}

/** How a movement ended. The same one again is answered as the first time, with the order as it is now. */
export type OrderBooked =
  { readonly kind: 'booked'; readonly order: BookedOrder } | Unmoved | NeverSent | Unknown;

export type RefundBooked =
  | ({ readonly kind: 'refunded' } & Money)
  | Unmoved
  | { readonly kind: 'not_found' }
  | NeverSent
  | Unknown;

/** A part of what is held. */
export interface BookCapture {
  readonly capture_reference: string;
  readonly amount: Minor;
  /** The rest is released with it. */
  readonly is_final: boolean;
}

/**
 * The books of wallets, which we keep ourselves: what `balance` has in place of a wire. Handed in by the wiring, behind the
 * send fence: a movement and its fence are one transaction (decision 0032). Nothing here throws for what the store does.
 */
export interface Books {
  /** Makes an order on the wallet of the payment's customer; it takes nothing. @param reference our number, the attempt's id */
  readonly open: (reference: string) => Promise<OrderBooked>;
  /** Takes the whole amount, or holds it for captures. */
  readonly take: (reference: string, capture: 'automatic' | 'manual') => Promise<OrderBooked>;
  readonly capture: (reference: string, part: BookCapture) => Promise<OrderBooked>;
  /** Ends an order that took nothing, or gives back what is still held. */
  readonly release: (reference: string) => Promise<OrderBooked>;
  /** Puts a part of what was taken back into the wallet, by our number of the refund. */
  readonly refund: (
    reference: string,
    refundReference: string,
    amount: Minor,
  ) => Promise<RefundBooked>;
  readonly find: (reference: string) => Promise<OrderBooked | { readonly kind: 'not_found' }>;
  readonly findRefund: (reference: string, refundReference: string) => Promise<RefundBooked>;
}
