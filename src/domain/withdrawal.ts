import type { Refusal } from './fact.ts';
import type { Id } from './id.ts';
import { format, type Minor, type Money, sum, zero } from './money.ts';
import type { RefundState } from './outcome.ts';
import { otherTries } from './refund-try.ts';

/** A refund of a top-up by which a part of a withdrawal goes back. */
export interface WithdrawalRefund {
  readonly id: Id<'ref'>;
  readonly payment_id: Id<'pay'>;
  readonly amount: Minor;
  readonly status: RefundState;
  /** The refund of this withdrawal that could not be delivered, of which this is the next try. */
  readonly retry_of: Id<'ref'> | null;
}

/** Money of a wallet on its way to where it came from. */
export interface Withdrawal extends Money {
  readonly id: Id<'po'>;
  readonly customer_id: Id<'cus'>;
  readonly wallet_id: Id<'wal'>;
  readonly refunds: readonly WithdrawalRefund[];
  readonly livemode: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/**
 * Where a withdrawal stands, from its refunds alone. `failed`: not all of it went back, and what did not is in the wallet
 * again; a bank may say so long after it had succeeded.
 */
export function withdrawalState(refunds: readonly Try[]): RefundState {
  const waitingFirst: readonly RefundState[] = ['needs_attention', 'processing', 'failed'];
  const counted = refunds.filter(countsAmong(refunds));
  const isThere = (state: RefundState) => counted.some(({ status }) => status === state);
  return waitingFirst.find(isThere) ?? 'succeeded';
}

type Try = Pick<WithdrawalRefund, 'id' | 'status' | 'retry_of'>;

/** What failed and was made again stands as its next try does, or as the one that was delivered after all: the withdrawal went back, only by another number. */
function countsAmong(refunds: readonly Try[]): (one: Try) => boolean {
  const madeAgain = new Set(refunds.map((one) => one.retry_of));
  return (one) =>
    one.status !== 'failed' ||
    (!madeAgain.has(one.id) && otherTries(refunds, one).every(({ status }) => status === 'failed'));
}

/**
 * Why so much cannot go back, if it cannot: the wallet has less, or its top-ups cannot take it. Says how much can.
 *
 * @param available what the wallet has and has not promised to anybody
 * @param returnable what its top-ups can take of it
 */
export function withdrawalRefusal(
  { amount, currency }: Money,
  available: Minor,
  returnable: Minor,
): Refusal | null {
  const most = available < returnable ? available : returnable;
  if (amount <= most) return null;
  const code = amount > available ? 'wallet_balance_too_low' : 'withdrawal_exceeds_top_ups';
  const detail = `${format({ amount, currency })} is more than the ${format({ amount: most, currency })} that can be withdrawn`;
  return { code, detail };
}

/** The withdrawal as the API shows it. */
export function withdrawalObject(withdrawal: Withdrawal): object {
  const { id, customer_id, wallet_id, amount, currency, refunds, ...rest } = withdrawal;
  const returned = refunds.filter(({ status }) => status === 'succeeded');
  return {
    id,
    object: 'withdrawal',
    customer: customer_id,
    wallet: wallet_id,
    amount,
    currency,
    status: withdrawalState(refunds),
    amount_returned: sum([zero, ...returned.map((refund) => refund.amount)]),
    refunds: refunds.map((refund) => refund.id),
    ...rest,
  };
}
