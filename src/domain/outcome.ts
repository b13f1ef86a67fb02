import type { CreditPolicy } from './credit-policy.ts';
import type { Currency } from './currency.ts';
import type { Failure } from './failure.ts';
import type { Id } from './id.ts';
import type { Minor, Money } from './money.ts';

/** What the payer must do next (contract section 2, `next_action`). */
export type NextAction =
  | { readonly type: 'display_qr_code'; readonly data: string }
  | { readonly type: 'redirect'; readonly url: string }
  | { readonly type: 'sdk_params'; readonly params: Readonly<Record<string, string>> }
  | {
      readonly type: 'await_transfer';
      readonly bank_account: BankAccount;
      readonly reference: string;
    };

/** Where the payer's transfer goes. */
export interface BankAccount {
  readonly iban: string;
  readonly bic: string;
  /** What the payer's bank compares with what he writes. */
  readonly holder: string;
}

/** Money that a channel says it took: its own number for it, how much, when (RFC 3339). */
export interface Receipt extends Money {
  readonly channel_reference: string;
  readonly paid_at: string;
}

/** It was paid. `is_returned`: and the channel has given it back, all or a part, by a reversal or a refund. */
export interface Approved {
  readonly kind: 'approved';
  readonly receipt: Receipt;
  readonly is_returned?: true;
}

/** An answer about another amount, currency, order or account than was asked for: never booked. */
export interface Disagreement {
  readonly kind: 'disagrees';
  readonly detail: string;
}

/** Nothing left our side: a refused connection, a lost send fence, an open circuit, which may say when it lets the next one through. */
export interface NeverSent {
  readonly kind: 'never_sent';
  readonly detail: string;
  readonly again_in_ms?: number;
}

/**
 * It left, or may have, and no answer can be trusted: a timeout, 5xx, garbage, a bad signature. `is_stored`:
 * the channel has kept this failure and will repeat it for ever under the same key.
 */
export interface Unknown {
  readonly kind: 'unknown';
  readonly detail: string;
  readonly is_stored?: true;
}

/** A hold and what became of it, cumulative: the channel's whole word about a manual capture. */
export interface Held {
  readonly kind: 'held';
  readonly channel_reference: string;
  readonly held: Minor;
  readonly captured: Minor;
  readonly currency: Currency;
  /** When the channel gives the rest back by itself (RFC 3339); null when it did not say. */
  readonly ends_at: string | null;
  /** Nothing is held any more: captured, released or run out. */
  readonly is_over: boolean;
}

/**
 * Everything that was credited under our number so far, oldest first, whatever its amount and currency: where the payer
 * transfers what he likes, several credits may pay one order (decision 0031). `is_closed`: it takes no more money.
 */
export interface Credited {
  readonly kind: 'credited';
  readonly receipts: readonly Receipt[];
  readonly is_closed: boolean;
  /** What the account that it came to does with too little and too much; left out: as ever. */
  readonly policy?: CreditPolicy;
}

/** A notice that only says that something changed under our number: what, the channel must be asked. */
export interface Changed {
  readonly kind: 'changed';
}

/** The payer came back from where he was sent; what he brought is kept under this number, for our confirmation. */
export interface Returned {
  readonly kind: 'returned';
  readonly id: Id<'cbk'>;
}

/** A notice that the payer's bank said yes: the money is taken or held, as the payment asked for it. */
export interface Authorised extends Money {
  readonly kind: 'authorised';
  readonly channel_reference: string;
  /** RFC 3339: when, and until when it is held where it is not taken. */
  readonly at: string;
  readonly ends_at: string;
}

/** A notice that money which the channel had said it took did not come after all. */
export interface Bounced {
  readonly kind: 'bounced';
  readonly detail: string;
}

/** What only a notice says of an attempt. */
export type Notice = Changed | Returned | Authorised | Bounced;

/** What a notice says of one capture, by our number for it. */
export type CaptureNotice =
  ({ readonly kind: 'captured' } & Money) | Declined | Bounced | Disagreement;

/**
 * The payer must act. `code_ends_at` (RFC 3339): when the code dies before the payment does, else null. `handle`: the
 * channel's number of an order just created to which the payer is to agree before it is confirmed.
 */
export interface ActionRequired {
  readonly kind: 'action_required';
  readonly handle?: string;
  readonly next_action: NextAction;
  readonly code_ends_at: string | null;
}

export interface Declined {
  readonly kind: 'declined';
  readonly failure: Failure;
}

/** How `create` ended. `created`: an order that moves no money before it is confirmed, by the channel's number. */
export type CreateAnswer =
  | Approved
  | { readonly kind: 'created'; readonly handle: string }
  | Held
  | ActionRequired
  | { readonly kind: 'pending' }
  | Declined
  | NeverSent
  | Unknown;

/**
 * How `confirm` ended, where a channel takes money in two steps; `refused`: what the payer brought back means nothing, and he
 * has yet to come.
 */
export type ConfirmAnswer =
  | Approved
  | Held
  | ActionRequired
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly detail: string }
  | Declined
  | NeverSent
  | Unknown;

/** The payer has agreed; to how much, where a notice says it. */
export interface Agreed {
  readonly kind: 'agreed';
  readonly money?: Money;
}

/**
 * What a query says of an attempt: `open` is payable and unpaid, `agreed` waits for our confirmation, `pending` is with
 * the channel, `closed` takes no more money.
 */
export type QueryAnswer =
  | Approved
  | Credited
  | Held
  | ActionRequired
  | Agreed
  | { readonly kind: 'open' | 'pending' | 'closed' | 'not_found' }
  | Declined
  | Disagreement
  | Unknown;

/** How `capture` ended; `refused` means: the hold is not as we think, ask. `pending`: accepted, and what becomes of it is told later. */
export type CaptureAnswer =
  | Held
  | { readonly kind: 'pending' }
  | Declined
  | { readonly kind: 'refused'; readonly detail: string }
  | NeverSent
  | Unknown;

/** How `increment` ended: what is held now, or why nothing more is. */
export type IncrementAnswer = Held | Declined | NeverSent | Unknown;

/** How `close` and `void` ended; `refused` means: ask, it was probably paid in between. */
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
      /** Why it could not be delivered, where the channel says. */
      readonly failure?: Failure;
    } & Money)
  | { readonly kind: 'not_found' }
  | Declined
  | Disagreement
  | NeverSent
  | Unknown;

export type Answer =
  CreateAnswer | ConfirmAnswer | QueryAnswer | CaptureAnswer | CloseAnswer | RefundAnswer;

/** Does the channel show an order that nobody has confirmed? */
export function isUnconfirmed({ kind }: Pick<Answer, 'kind'>): boolean {
  return kind === 'open' || kind === 'agreed';
}

/** What an order says that was read in answer to its confirmation. That it stands open, agreed to or closed is none: it is asked for. */
export function confirmedBy(answer: QueryAnswer): ConfirmAnswer {
  switch (answer.kind) {
    case 'approved':
    case 'held':
    case 'action_required':
    case 'declined':
    case 'unknown':
      return answer;
    case 'pending':
      return { kind: 'pending' };
    case 'disagrees':
      return { kind: 'unknown', detail: answer.detail };
    case 'credited':
    case 'open':
    case 'agreed':
    case 'closed':
    case 'not_found':
      return { kind: 'unknown', detail: `confirmed, and it is ${answer.kind}` };
  }
}
