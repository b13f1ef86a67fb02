import { rulesOf } from '../channels/registry.ts';
import { readConfig } from '../config.ts';
import { verifyLedger } from '../store/ledger.ts';
import { createStore, type Db } from '../store/store.ts';
import type { Shop, ShownBooks, ShownPayment, ShownTransaction } from './shop.ts';

/** Whether three books that know nothing of each other say the same. */
export interface Agreement {
  readonly booksAgree: boolean;
  readonly ledgerBalanced: boolean;
  readonly payments: readonly ShownPayment[];
  /** What does not agree, in words; empty when all does. */
  readonly reasons: readonly string[];
}

/**
 * Compares the shop's payments as the API shows them, the channel's own books and the ledger, and adds up the
 * whole ledger. What else is in the store (a DATA_DIR of former runs) counts in that sum only.
 */
export async function compareBooks(shop: Shop, databaseUrl: string): Promise<Agreement> {
  const { timing } = readConfig({ ...process.env, DATABASE_URL: databaseUrl });
  const store = createStore({ databaseUrl, timing, rulesOf });
  try {
    const payments = await Promise.all(shop.made.map(shop.get));
    const reasons: string[] = [];
    for (const payment of payments) {
      const taken = await compareWithChannel(shop, store.pool, payment, reasons);
      const booked = await takenByLedger(store.pool, payment.id);
      if (booked !== taken)
        reasons.push(`${payment.id}: the ledger has ${booked} of it, the channel ${taken}`);
    }
    const { balanced } = await verifyLedger(store.pool);
    const booksAgree = reasons.length === 0;
    if (!balanced) reasons.push('the ledger is not balanced');
    return { booksAgree, ledgerBalanced: balanced, payments, reasons };
  } finally {
    await store.close();
  }
}

/** Answers what the channel has taken and not returned for this payment. */
async function compareWithChannel(
  shop: Shop,
  db: Db,
  payment: ShownPayment,
  reasons: string[],
): Promise<number> {
  let taken = 0;
  for (const attempt of payment.attempts) {
    const { reference, channel } = attempt;
    const isOurs = channel === 'balance'; // the sandbox plays no part in it
    const { transactions, violations } = await (isOurs
      ? walletBooks(db, reference)
      : shop.books(reference));
    const [transaction] = transactions;
    if (!transaction) {
      reasons.push(`${payment.id}: the channel does not know ${attempt.reference}`);
      continue;
    }
    taken += transaction.captured - transaction.refunded;
    const pairs = [
      ['amount', payment.amount, transaction.amount],
      ['currency', payment.currency, transaction.currency],
      ['amount_captured', attempt.amount_captured, transaction.captured],
      ['amount_refunded', attempt.amount_refunded, transaction.refunded],
      ['times paid', transaction.captured === 0 ? 0 : 1, transaction.paid_count],
    ] as const;
    for (const [what, ours, theirs] of pairs)
      if (ours !== theirs)
        reasons.push(`${payment.id}: ${what} is ${ours} here and ${theirs} at the channel`);
    for (const { rule, detail } of violations)
      reasons.push(`${payment.id}: the channel forbids ${rule}: ${detail}`);
  }
  const due = payment.amount_captured - payment.amount_refunded;
  if (taken !== due)
    reasons.push(`${payment.id} is ${payment.status}, yet the channel holds ${taken}, not ${due}`);
  return taken;
}

/** The books of wallets of an order: what the channel `balance` has in place of a sandbox's. */
async function walletBooks(db: Db, reference: string): Promise<ShownBooks> {
  const { rows: transactions } = await db.query<ShownTransaction>(
    `select o.amount, w.currency, o.status as state, (o.captured > 0)::int as paid_count, o.captured, o.refunded
     from wallet_orders o join wallets w on w.id = o.wallet_id where o.reference = $1`,
    [reference],
  );
  return { transactions, violations: [] };
}

/** Without what disputes moved: the books tell of payments and refunds only. */
async function takenByLedger(db: Db, paymentId: string): Promise<number> {
  const { rows } = await db.query<{ taken: number }>(
    `select coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0)::bigint as taken
     from ledger_transactions t
     join ledger_entries e on e.transaction_id = t.id
     join ledger_accounts a on a.id = e.account_id
     where t.payment_id = $1 and a.name = 'channel_clearing' and t.reason not like 'dispute%'`,
    [paymentId],
  );
  return rows[0]?.taken ?? 0;
}
