import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import { freshId, type StripeOptions } from './intent.ts';
import { channel } from './wording.ts';

/** What moved the merchant's balance. Amounts as on the wire, those that leave it negative; times in milliseconds. */
export interface BalanceTransaction {
  readonly id: string;
  readonly type: 'adjustment';
  readonly reporting_category: 'dispute' | 'dispute_reversal';
  /** What it came of, by its number. */
  readonly source: string;
  readonly amount: number;
  /** Never negative: what Stripe keeps for itself. */
  readonly fee: number;
  readonly fee_description: string;
  readonly currency: string;
  readonly created_at: number;
}

/** The balance is moved. */
export function post(
  { books }: StripeOptions,
  moved: Omit<BalanceTransaction, 'id' | 'created_at'>,
): BalanceTransaction {
  const own: BalanceTransaction = { ...moved, id: freshId('txn'), created_at: clock.now() };
  books.write({ kind: 'kept_object', kept: { channel, id: own.id, own } });
  return own;
}

/** The balance transaction with this number. */
export function balanceTransactionOf(books: Books, id: string): BalanceTransaction {
  const found = books.keptObject(channel, id) as BalanceTransaction | undefined;
  if (!found) throw new Error(`${id} is gone`);
  return found;
}

const seconds = (ms: number) => Math.floor(ms / 1_000);

/** A balance transaction as Stripe shows it (channels.md 3). */
export function wireBalanceTransaction(moved: BalanceTransaction): object {
  const { id, type, reporting_category, source, amount, fee, currency, created_at } = moved;
  const detail = { amount: fee, application: null, currency };
  return {
    id,
    object: 'balance_transaction',
    amount,
    available_on: seconds(created_at),
    balance_type: 'payments',
    created: seconds(created_at),
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0 ? [] : [{ ...detail, description: moved.fee_description, type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category,
    source,
    status: 'available',
    type,
  };
}
