import { type Minor, type Money, toMinor, zero } from './money.ts';

/** What becomes of a transfer that is not the order's amount (decision 0044): a setting of the account at the bank. */
export interface CreditPolicy {
  /**
   * Too little. `wait`: for the rest; it goes back when the order ends without it. `refund`: it goes back at once.
   * `accept_within`: so many minor units may be missing, by currency, for what banks keep on the way; else as `wait`.
   */
  readonly underpayment: 'wait' | 'refund' | { readonly accept_within: AcceptWithin };
  /** Too much. `refund_rest`: the surplus goes back by itself. `case`: when a person says so. */
  readonly overpayment: 'refund_rest' | 'case';
}

/** By code of ISO 4217. */
type AcceptWithin = Readonly<Record<string, number>>;

/** Of a channel that says nothing of it, and as it was before there were policies. */
export const policyByDefault: CreditPolicy = { underpayment: 'wait', overpayment: 'refund_rest' };

/** How much of an order may be missing: never more than a tenth, or a cent would pay a small one. */
export function acceptedShortfall({ underpayment }: CreditPolicy, order: Money): Minor {
  if (typeof underpayment === 'string') return zero;
  const within = underpayment.accept_within[order.currency] ?? 0;
  return toMinor(Math.min(within, Math.floor(order.amount / 10)));
}
