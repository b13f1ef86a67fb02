/** One taking of the payer's money under a number. */
export interface Taking {
  readonly transaction_id: string;
  readonly amount: number;
  readonly at: string;
}

export interface RefundEntry {
  readonly reference: string;
  readonly refund_id: string;
  /** The taking that it gives back. */
  readonly transaction_id: string;
  readonly amount: number;
  readonly notify_url: string;
  readonly created_at: string;
  /** When it is to be delivered, or known to be undeliverable. */
  readonly settles_at: number;
  readonly bounces: boolean;
  readonly state: 'processing' | 'succeeded' | 'failed';
}

/** An order as the channel knows it: what was asked (verbatim), what became of it. */
export interface Transaction {
  readonly channel: string;
  readonly account: string;
  readonly reference: string;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly amount: number;
  readonly currency: string;
  readonly expires_at: string;
  readonly notify_url: string;
  readonly handle: string;
  readonly created_at: string;
  readonly state: 'created' | 'held' | 'paid' | 'closed' | 'declined';
  /** Did the merchant ask for it since it was created? A close without that is a violation. */
  readonly queried: boolean;
  readonly takings: readonly Taking[];
  readonly refunds: readonly RefundEntry[];
}

/**
 * What was taken under one number, in minor units.
 *
 * @param transaction the order with its takings
 */
export function captured(transaction: Transaction): number {
  return transaction.takings.reduce((sum, taking) => sum + taking.amount, 0);
}

/**
 * What was given back under one number: the sum of its succeeded refunds, in minor units.
 *
 * @param transaction the order with its refunds
 */
export function refunded(transaction: Transaction): number {
  const back = transaction.refunds.filter((refund) => refund.state === 'succeeded');
  return back.reduce((sum, refund) => sum + refund.amount, 0);
}

/**
 * A transaction as `GET /control/books` shows it (contract section 7).
 *
 * @param transaction the order as the books keep it
 */
export function shown(transaction: Transaction): object {
  const { channel, account, reference, amount, currency, state, created_at } = transaction;
  const first = transaction.takings[0];
  return {
    channel,
    account,
    reference,
    channel_reference: first?.transaction_id ?? null,
    amount,
    currency,
    state,
    paid_count: transaction.takings.length,
    captured: captured(transaction),
    refunded: refunded(transaction),
    refunds: transaction.refunds.map(({ reference, amount, state }) => ({
      reference,
      amount,
      state,
    })),
    created_at,
    paid_at: first?.at ?? null,
  };
}
