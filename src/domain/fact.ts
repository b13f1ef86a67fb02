import type { Decision } from './case.ts';
import type { DisputeNotice } from './dispute.ts';
import type { Id } from './id.ts';
import type { Minor } from './money.ts';
import type { Answer, CaptureNotice, Notice, QueryAnswer, RefundAnswer } from './outcome.ts';
import type { Choice } from './payment.ts';
import type { RefundTerms } from './refund-rule.ts';

/** What a merchant or an operator asks of a payment. */
export type Command =
  | { readonly name: 'confirm'; readonly choice: Choice }
  | { readonly name: 'capture'; readonly amount: Minor | null; readonly is_final: boolean }
  | { readonly name: 'increment'; readonly amount: Minor }
  | {
      readonly name: 'refund';
      readonly amount: Minor | null;
      readonly reason: string | null;
      /** What the app's rules say of it; left out where they say nothing, and of refunds that the machine asks for. */
      readonly rules?: RefundTerms;
    }
  | { readonly name: 'cancel'; readonly note: string | null }
  | { readonly name: 'sync' }
  | {
      readonly name: 'resolve';
      readonly case_id: Id<'case'>;
      readonly decision: Decision;
      readonly reason: string;
    };

/**
 * Everything that can happen to a payment. `attend` changes nothing, `due` says that a timer rang,
 * `outcome` is how an operation ended (`silent`: no answer came), `evidence` is what a channel said unasked.
 */
export type Fact =
  | { readonly kind: 'attend' }
  | { readonly kind: 'due'; readonly what: string }
  | { readonly kind: 'outcome'; readonly operation: string; readonly answer: Answer | 'silent' }
  | {
      readonly kind: 'evidence';
      readonly about: 'attempt';
      readonly reference: string;
      /** The channel's own number of the order that it is about, where several could bear one number of ours. */
      readonly order?: string;
      readonly answer: QueryAnswer | Notice;
    }
  | {
      readonly kind: 'evidence';
      readonly about: 'capture';
      readonly reference: string;
      readonly answer: CaptureNotice;
    }
  | {
      readonly kind: 'evidence';
      readonly about: 'refund';
      readonly reference: string;
      readonly answer: RefundAnswer;
    }
  | {
      readonly kind: 'evidence';
      readonly about: 'dispute';
      /** Our number of the attempt whose money is contested. */
      readonly reference: string;
      readonly answer: DisputeNotice;
    }
  | { readonly kind: 'command'; readonly command: Command };

/** Why a command was refused by the payment's own state: codes of the contract. */
export type RefusalCode =
  | 'payment_already_paid'
  | 'payment_not_cancelable'
  | 'payment_not_confirmable'
  | 'payment_not_capturable'
  | 'payment_not_incrementable'
  | 'payment_not_refundable'
  | 'capture_in_progress'
  | 'increment_in_progress'
  | 'increment_not_supported'
  | 'amount_too_small'
  | 'capture_exceeds_authorized'
  | 'partial_capture_not_supported'
  | 'refund_exceeds_captured'
  | 'refund_spans_captures'
  | 'refund_limit_reached'
  | 'refund_window_passed'
  | 'partial_refund_not_allowed'
  | 'wallet_balance_too_low'
  | 'withdrawal_exceeds_top_ups'
  | 'gift_code_unknown'
  | 'gift_code_used'
  | 'gift_code_canceled'
  | 'gift_code_expired'
  | 'payment_outcome_unknown'
  | 'case_decision_not_allowed'
  | 'idempotency_key_reused'
  | 'not_found';

export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
}
