import type { Books } from '../books.ts';
import { add, all, type BalanceTransaction, save } from './balance-transaction.ts';
import { emitPayout } from './event.ts';
import { freshId, type StripeOptions } from './intent.ts';
import { channel } from './wording.ts';

/** What goes to the merchant's bank account: amount as on the wire, times in milliseconds. */
export interface Payout {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly created_at: number;
  readonly balance_transaction: string;
}

const dayMs = 86_400_000;

/** At each midnight (UTC) all that is available is paid out, as on Stripe's automatic schedule. */
export function planPayout(options: StripeOptions, after: number): void {
  const { agenda, books } = options;
  const midnight = (Math.floor(after / dayMs) + 1) * dayMs;
  agenda.at(`${channel} payouts`, midnight, () => {
    books.atomically(() => payOut(options, midnight));
    if (unpaid(books).length > 0) planPayout(options, midnight);
  });
}

/** Plans again what an earlier run still had to pay out. */
export function resumePayouts(options: StripeOptions): void {
  const [oldest] = unpaid(options.books);
  if (oldest) planPayout(options, oldest.created_at);
}

function unpaid(books: Books): readonly BalanceTransaction[] {
  return all(books).filter(({ payout }) => payout === null);
}

/** One payout in each currency; where more was taken back than has come in, the rest waits for better days. */
function payOut(options: StripeOptions, at: number): void {
  const due = unpaid(options.books).filter(({ available_at }) => available_at <= at);
  for (const currency of new Set(due.map((one) => one.currency))) {
    const own = due.filter((one) => one.currency === currency);
    const amount = own.reduce((sum, one) => sum + one.amount - one.fee, 0);
    if (amount > 0) send(options, own, { amount, currency, created_at: at });
  }
}

function send(
  options: StripeOptions,
  due: readonly BalanceTransaction[],
  made: Pick<Payout, 'amount' | 'currency' | 'created_at'>,
): void {
  const { books } = options;
  const { amount, currency, created_at } = made;
  const id = freshId('po');
  for (const one of due) save(books, { ...one, payout: id });
  const out = add(books, {
    type: 'payout',
    source: id,
    references: [],
    amount: -amount,
    fee: 0,
    currency,
    created_at,
    available_at: created_at,
  });
  save(books, { ...out, payout: id });
  const own: Payout = { ...made, id, balance_transaction: out.id };
  books.write({ kind: 'kept_object', kept: { channel, id, own } });
  emitPayout(options, id, wirePayout(own));
}

/** The payout with this number, or null. */
export function findPayout(books: Books, id: string): Payout | null {
  const found = id.startsWith('po_') ? books.keptObject(channel, id) : undefined;
  return (found as Payout | undefined) ?? null;
}

/** All of them, oldest first. */
export function payoutsOf(books: Books): readonly Payout[] {
  const kept = books.keptObjectsOf(channel) as readonly Pick<Payout, 'id'>[];
  return kept.filter((one): one is Payout => one.id.startsWith('po_'));
}

/** A payout as Stripe shows it. It arrives on the day on which it is made. */
export function wirePayout(payout: Payout): Readonly<Record<string, unknown>> {
  const { id, amount, currency, created_at, balance_transaction } = payout;
  const created = Math.floor(created_at / 1_000);
  return {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: created,
    automatic: true,
    balance_transaction,
    created,
    currency,
    description: 'STRIPE PAYOUT',
    destination: 'ba_of_the_merchant',
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'completed',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'paid',
    trace_id: null,
    type: 'bank_account',
  };
}
