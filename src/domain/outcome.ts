import type { Failure } from './failure.ts';
import type { Money } from './money.ts';

/** What the payer must do next (contract section 2, `next_action`). */
export type NextAction = { readonly type: 'display_qr_code'; readonly data: string };

/** Money that a channel says it took: its own number for it, how much, when (RFC 3339). */
export interface Receipt extends Money {
  readonly channel_reference: string;
  readonly paid_at: string;
}

/** An answer about another amount, currency, order or account than was asked for: never booked. */
export interface Disagreement {
  readonly kind: 'disagrees';
  readonly detail: string;
}

/** Nothing left our side: a refused connection, a lost send fence, an open circuit. */
export interface NeverSent {
  readonly kind: 'never_sent';
  readonly detail: string;
}

/** It left, or may have, and no answer can be trusted: a timeout, 5xx, garbage, a bad signature. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly detail: string;
}

export interface Declined {
  readonly kind: 'declined';
  readonly failure: Failure;
}

/** How `create` ended. `code_ends_at` (RFC 3339): when the code dies before the payment does, else null. */
export type CreateAnswer =
  | { readonly kind: 'approved'; readonly receipt: Receipt }
  | {
      readonly kind: 'action_required';
      readonly next_action: NextAction;
      readonly code_ends_at: string | null;
    }
  | { readonly kind: 'pending' }
  | Declined
  | NeverSent
  | Unknown;

/** What a query says of an attempt: `open` is payable and unpaid, `pending` is with the channel, `closed` takes no more money. */
export type QueryAnswer =
  | { readonly kind: 'approved'; readonly receipt: Receipt }
  | { readonly kind: 'open' | 'pending' | 'closed' | 'not_found' }
  | Declined
  | Disagreement
  | Unknown;

/** How `close` ended; `refused` means: ask, it was probably paid in between. */
export type CloseAnswer =
  | { readonly kind: 'closed' }
  | { readonly kind: 'refused'; readonly detail: string }
  | NeverSent
  | Unknown;

export const refundStates = ['processing', 'succeeded', 'failed', 'needs_attention'] as const;
export type RefundState = (typeof refundStates)[number];

/** How `refund` and `queryRefund` ended; `declined` is definite: no money went back under this number. */
export type RefundAnswer =
  | ({
      readonly kind: 'refund';
      readonly status: RefundState;
      readonly channel_reference: string | null;
    } & Money)
  | { readonly kind: 'not_found' }
  | Declined
  | Disagreement
  | NeverSent
  | Unknown;

export type Answer = CreateAnswer | QueryAnswer | CloseAnswer | RefundAnswer;
