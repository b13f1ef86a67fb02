/** One taking of the payer's money under a number; the captures of one hold are one taking. */
export interface Taking {
  /** The channel's own number: WeChat's transaction id, Stripe's PaymentIntent. */
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
  /** Where that is not the order's: what goes back is what came. */
  readonly currency?: string;
  readonly created_at: string;
  /** When it is to be delivered, or known to be undeliverable. */
  readonly settles_at: number;
  readonly bounces: boolean;
  readonly state: 'processing' | 'succeeded' | 'failed';
  /** What else its channel keeps of it, the channel's own affair. */
  readonly own: unknown;
}

/** What a payer tells his bank about a payment: that it was none of his, or that he has nothing for it. */
export interface DisputeEntry {
  /** The channel's number of it. */
  readonly reference: string;
  /** The taking that it is about. */
  readonly transaction_id: string;
  readonly amount: number;
  /** `won`: the merchant keeps the money; `lost`: the payer has it back. */
  readonly state: 'opened' | 'won' | 'lost';
  /** What else its channel keeps of it, the channel's own affair. */
  readonly own: unknown;
}

/** An order as the channel knows it: what was asked and what became of it. */
export interface Transaction {
  readonly channel: string;
  readonly account: string;
  readonly reference: string;
  /** The channel's own numbers of it, oldest first; empty when money must move before there is one. */
  readonly numbers: readonly string[];
  /** In ISO 4217 minor units, whatever the wire says; so are those of takings and refunds. */
  readonly amount: number;
  readonly currency: string;
  readonly created_at: string;
  readonly state: 'created' | 'held' | 'paid' | 'closed' | 'declined';
  /** Is it paid by a card, whose token says what happens? */
  readonly by_card?: boolean;
  readonly takings: readonly Taking[];
  readonly refunds: readonly RefundEntry[];
  /** Left out where nobody ever disputed it. */
  readonly disputes?: readonly DisputeEntry[];
  /** What else its channel keeps of it, the channel's own affair. */
  readonly own: unknown;
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
 * What was given back under one number in its own currency: the sum of its succeeded refunds, in minor units.
 *
 * @param transaction the order with its refunds
 */
export function refunded(transaction: Transaction): number {
  const back = transaction.refunds.filter(
    ({ state, currency }) => state === 'succeeded' && currency === undefined,
  );
  return back.reduce((sum, refund) => sum + refund.amount, 0);
}

/**
 * The order with a refund that is new, or has come further.
 *
 * @param refund known by its `refund_id`
 */
export function withRefund(transaction: Transaction, refund: RefundEntry): Transaction {
  const { refunds } = transaction;
  const isKnown = refunds.some(({ refund_id }) => refund_id === refund.refund_id);
  if (!isKnown) return { ...transaction, refunds: [...refunds, refund] };
  const renewed = refunds.map((one) => (one.refund_id === refund.refund_id ? refund : one));
  return { ...transaction, refunds: renewed };
}

/**
 * The order with a dispute that is new, or has come further.
 *
 * @param dispute known by its `reference`
 */
export function withDispute(transaction: Transaction, dispute: DisputeEntry): Transaction {
  const { disputes = [] } = transaction;
  const isKnown = disputes.some(({ reference }) => reference === dispute.reference);
  if (!isKnown) return { ...transaction, disputes: [...disputes, dispute] };
  const renewed = disputes.map((one) => (one.reference === dispute.reference ? dispute : one));
  return { ...transaction, disputes: renewed };
}

/**
 * What of a taking the payer's bank has asked back and not given up, in minor units.
 *
 * @param transaction_id the taking's number
 */
export function disputed({ disputes = [] }: Transaction, transaction_id: string): number {
  return disputes
    .filter((one) => one.transaction_id === transaction_id && one.state !== 'won')
    .reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * A transaction as `GET /control/books` shows it (contract section 7).
 *
 * @param transaction the order as the books keep it
 */
export function shown(transaction: Transaction): object {
  const { channel, account, reference, amount, currency, state, created_at, disputes } =
    transaction;
  const first = transaction.takings[0];
  return {
    channel,
    account,
    reference,
    channel_reference: first?.transaction_id ?? transaction.numbers.at(-1) ?? null,
    amount,
    currency,
    state,
    paid_count: transaction.takings.length,
    captured: captured(transaction),
    refunded: refunded(transaction),
    refunds: transaction.refunds.map(({ reference, amount, currency, state }) => ({
      reference,
      amount,
      ...(currency === undefined ? {} : { currency }),
      state,
    })),
    ...(disputes && { disputes: disputes.map(shownDispute) }),
    created_at,
    paid_at: first?.at ?? null,
  };
}

function shownDispute({ reference, amount, state }: DisputeEntry): object {
  return { reference, amount, state };
}
