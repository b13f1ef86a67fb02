import type { NeverSent, Unknown } from '../domain/outcome.ts';
import type { Card } from '../domain/payment-method.ts';
import type { Unfit } from '../domain/setup.ts';
import type { Order } from './order.ts';
import type { SetupOrder } from './setup.ts';

/** A method that is to be kept for later payments: it has paid an order, or holds its money, or was set up for that alone. */
export type Keeping = {
  /** Our number of the saved method: what is made at the channel under it is made once. */
  readonly payment_method: string;
} & ({ readonly order: Order } | { readonly setup: SetupOrder });

/** `kept`: the channel knows it by `token` from now on. `unfit`: it cannot be kept, now and later. Else it is tried again. */
export type KeepAnswer =
  | { readonly kind: 'kept'; readonly token: string; readonly card: Card | null }
  | Unfit
  | NeverSent
  | Unknown;

export type ForgetAnswer = { readonly kind: 'forgotten' } | NeverSent | Unknown;
