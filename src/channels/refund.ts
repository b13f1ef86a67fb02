import type { Money } from '../domain/money.ts';
import type { MadeCall } from '../domain/operation.ts';
import type { Reports } from './report.ts';

/** One refund of one receipt. */
export interface RefundOrder extends Money {
  /** The method type that the order was paid with. */
  readonly method: string;
  /** Our number for the refund at the channel: the refund's id. */
  readonly reference: string;
  /** The channel's number of the receipt that is paid back. */
  readonly receipt_reference: string;
  readonly attempt_reference: string;
  /** What the receipt took in all, in the same currency. */
  readonly receipt_amount: Money['amount'];
  readonly reason: string;
  readonly notify_url: string;
  readonly channel_key: string;
  readonly handle: string | null;
  /** The channel's own number of the refund, once it told one. */
  readonly channel_reference: string | null;
  /** What was sent so far to make it, the oldest first; a call that makes it is the last of them itself. */
  readonly calls?: readonly MadeCall[];
  /** For `queryRefund` alone, where nobody can be asked. */
  readonly reports?: Reports;
}
