import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import { freshId } from './intent.ts';
import { channel } from './wording.ts';

/** The kinds of movement, and what accountants call them (docs.stripe.com/reports/balance-transaction-types). */
const categories = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  payment_refund: 'refund',
  refund_failure: 'refund_failure',
  payment_failure_refund: 'refund_failure',
  adjustment: 'dispute',
  payout: 'payout',
} as const;

/** What moved the merchant's balance. Amounts as on the wire, those that leave it negative; times in milliseconds. */
export interface BalanceTransaction {
  readonly id: string;
  readonly type: keyof typeof categories;
  /** What it came of, by its number. */
  readonly source: string;
  /** The numbers of the merchant's that it is about: the order's, and the refund's. */
  readonly references: readonly string[];
  readonly amount: number;
  /** Never negative: what Stripe keeps for itself. */
  readonly fee: number;
  readonly currency: string;
  readonly created_at: number;
  /** From then on it can be paid out. */
  readonly available_at: number;
  /** The payout that took it along, or null. */
  readonly payout: string | null;
}

/** What is new of one. */
export type Moved = Omit<BalanceTransaction, 'id' | 'payout'>;

/** Writes a new one. */
export function add(books: Books, moved: Moved): BalanceTransaction {
  return save(books, { ...moved, id: freshId('txn'), payout: null });
}

/** Writes one, new or changed. */
export function save(books: Books, own: BalanceTransaction): BalanceTransaction {
  books.write({ kind: 'kept_object', kept: { channel, id: own.id, own } });
  return own;
}

/** The balance transaction with this number, or null. */
export function find(books: Books, id: string): BalanceTransaction | null {
  const found = id.startsWith('txn_') ? books.keptObject(channel, id) : undefined;
  return (found as BalanceTransaction | undefined) ?? null;
}

/** All of them, oldest first. */
export function all(books: Books): readonly BalanceTransaction[] {
  const kept = books.keptObjectsOf(channel) as readonly Pick<BalanceTransaction, 'id'>[];
  return kept.filter((one): one is BalanceTransaction => one.id.startsWith('txn_'));
}

const seconds = (ms: number) => Math.floor(ms / 1_000);

/**
 * A balance transaction as Stripe shows it (channels.md 3).
 *
 * @param source its number, or the thing itself
 */
export function wire(
  moved: BalanceTransaction,
  source: string | object = moved.source,
): Readonly<Record<string, unknown>> {
  const { id, type, amount, fee, currency, created_at, available_at } = moved;
  const description = type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees';
  const detail = { amount: fee, application: null, currency, description, type: 'stripe_fee' };
  return {
    id,
    object: 'balance_transaction',
    amount,
    available_on: seconds(available_at),
    balance_type: 'payments',
    created: seconds(created_at),
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [detail],
    net: amount - fee,
    reporting_category: categoryOf(moved),
    source,
    status: available_at <= clock.now() ? 'available' : 'pending',
    type,
  };
}

function categoryOf({ type, amount }: BalanceTransaction): string {
  return type === 'adjustment' && amount > 0 ? 'dispute_reversal' : categories[type];
}
