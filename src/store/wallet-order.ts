import type { Currency } from '../domain/currency.ts';
import type { Id } from '../domain/id.ts';
import { type MoneyEvent, postingFor } from '../domain/ledger.ts';
import { type Minor, subtract, sum, zero } from '../domain/money.ts';
import { drawId } from './id.ts';
import { bookPosting, isBooked } from './ledger.ts';
import { type Db, prepared } from './store.ts';
import { moveWallet, timeOf } from './wallet.ts';

/** An order on a wallet: what the channel `balance` was asked for, by our number there. */
export interface WalletOrder {
  readonly id: string;
  readonly reference: string;
  readonly payment_id: Id<'pay'>;
  readonly merchant_id: Id<'mer'>;
  readonly wallet_id: Id<'wal'>;
  readonly livemode: boolean;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly status: 'open' | 'held' | 'paid' | 'closed';
  readonly captured: Minor;
  readonly refunded: Minor;
  readonly taken_at: Date | null;
  readonly held_until: Date | null;
  /** What the wallet has and has not promised to anybody. */
  readonly available: Minor;
}

/** What came of it: the order as it is now, or why nothing moved. */
export type Moved =
  | { readonly kind: 'booked'; readonly order: WalletOrder }
  | { readonly kind: 'refused'; readonly why: 'no_wallet' | 'too_little' | 'wrong_state' };

const refused = (why: 'no_wallet' | 'too_little' | 'wrong_state'): Moved => ({ kind: 'refused', why }); // prettier-ignore

const orders = `select o.id, o.reference, o.payment_id, w.merchant_id, o.wallet_id, w.livemode, o.amount, w.currency, o.status, o.captured,
    o.refunded, o.taken_at, o.held_until, w.balance - w.held as available
  from wallet_orders o join wallets w on w.id = o.wallet_id where o.reference = $1`;

const found = prepared('wallet_order', orders);
const locked = prepared('lock_wallet_order', `${orders} for no key update of o, w`);

/** The order with this number of ours, or null. */
export async function findOrder(db: Db, reference: string): Promise<WalletOrder | null> {
  return (await db.query<WalletOrder>(found(reference))).rows[0] ?? null;
}

const insert = prepared(
  'open_wallet_order',
  `insert into wallet_orders (id, reference, payment_id, wallet_id, amount)
   select $1, a.id, a.payment_id, w.id, a.amount from attempts a join payments p on p.id = a.payment_id
   join wallets w on w.customer_id = p.customer ->> 'id' and w.currency = a.currency
   where a.id = $2 on conflict (reference) do nothing`,
);

/** Makes an order of this attempt on the wallet of its payment's customer; under one number at most one. */
export async function openOrder(db: Db, reference: string): Promise<Moved> {
  await db.query(insert(drawId('wor'), reference));
  const order = await findOrder(db, reference);
  return order ? { kind: 'booked', order } : refused('no_wallet');
}

/** Takes what the order is about out of its wallet, or has it held there. One that was taken stays as it is. */
export async function takeOrder(
  db: Db,
  reference: string,
  capture: 'automatic' | 'manual',
): Promise<Moved> {
  const order = await lockOrder(db, reference);
  if (!order || order.status === 'closed') return refused('wrong_state');
  if (order.status !== 'open') return { kind: 'booked', order };
  if (order.available < order.amount) return refused('too_little');
  if (capture === 'manual') return hold(db, order);
  await debit(db, order, 'wallet_paid', reference, order.amount);
  await moveWallet(db, order.wallet_id, { balance: 0 - order.amount, held: 0 });
  await db.query(taken(order.id, 'paid', order.amount));
  return afterwards(db, order);
}

/** Seven days, as long as a card's bank holds; the payment is captured or voided before. */
const holdDays = 7;

const taken = prepared(
  'take_wallet_order',
  'update wallet_orders set status = $2, captured = $3, taken_at = clock_now() where id = $1',
);
const heldUntil = prepared(
  'hold_wallet_order',
  `update wallet_orders set status = 'held', taken_at = clock_now(), held_until = clock_now() + $2 * interval '1 day' where id = $1`,
);

async function hold(db: Db, order: WalletOrder): Promise<Moved> {
  await moveWallet(db, order.wallet_id, { balance: 0, held: order.amount });
  await db.query(heldUntil(order.id, holdDays));
  return afterwards(db, order);
}

const changed = prepared(
  'change_wallet_order',
  'update wallet_orders set status = $2, captured = $3, refunded = $4 where id = $1',
);

/** Takes a part of what is held, once under the capture's number; the last part releases the rest. */
export async function captureOrder(
  db: Db,
  reference: string,
  { capture_reference, amount, is_final }: { readonly capture_reference: string; readonly amount: Minor; readonly is_final: boolean },
): Promise<Moved> {
  const order = await lockOrder(db, reference);
  if (!order) return refused('wrong_state');
  if (await isBooked(db, order.payment_id, 'wallet_captured', capture_reference)) return { kind: 'booked', order };
  const captured = sum([order.captured, amount]);
  if (order.status !== 'held' || captured > order.amount) return refused('wrong_state');
  const rest = subtract(order.amount, captured);
  const released = is_final ? rest : zero;
  await debit(db, order, 'wallet_captured', capture_reference, amount);
  await moveWallet(db, order.wallet_id, { balance: 0 - amount, held: 0 - amount - released });
  await db.query(changed(order.id, is_final || rest === 0 ? 'paid' : 'held', captured, order.refunded));
  return afterwards(db, order);
} // prettier-ignore

/** Ends an order that took nothing, and gives back what is still held of another. What was taken stays taken. */
export async function releaseOrder(db: Db, reference: string): Promise<Moved> {
  const order = await lockOrder(db, reference);
  if (!order || order.status === 'paid') return refused('wrong_state');
  const { id, wallet_id, status, amount, captured, refunded } = order;
  if (status === 'held') await moveWallet(db, wallet_id, { balance: 0, held: captured - amount });
  await db.query(changed(id, captured > 0 ? 'paid' : 'closed', captured, refunded));
  return afterwards(db, order);
}

/** A part of what an order took that is in its wallet again. */
export interface WalletRefund {
  readonly amount: Minor;
  readonly currency: Currency;
}

/** Puts a part of what was taken back into the wallet, once under the refund's number. */
export async function refundOrder(
  db: Db,
  reference: string,
  refundReference: string,
  amount: Minor,
): Promise<WalletRefund | null> {
  const order = await lockOrder(db, reference);
  if (!order) return null;
  const earlier = await findRefund(db, reference, refundReference);
  if (earlier) return earlier;
  const { id, wallet_id, status, captured, refunded, currency } = order;
  if (sum([refunded, amount]) > captured) return null;
  const event = { reason: 'wallet_refunded', channel: 'balance', subject: refundReference, amount, currency } as const;
  await bookPosting(db, ownerOf(order), postingFor(event), await timeOf(db));
  await moveWallet(db, wallet_id, { balance: amount, held: 0 });
  await db.query(changed(id, status, captured, sum([refunded, amount])));
  return { amount, currency };
} // prettier-ignore

const refundOf = prepared(
  'wallet_refund',
  `select e.amount, e.currency from wallet_orders o
   join ledger_transactions x on x.payment_id = o.payment_id and x.reason = 'wallet_refunded' and x.subject = $2
   join ledger_entries e on e.transaction_id = x.id and e.direction = 'credit' where o.reference = $1`,
);

/** The refund of this order with this number of ours, or null: the ledger knows. */
export async function findRefund(
  db: Db,
  reference: string,
  refundReference: string,
): Promise<WalletRefund | null> {
  return (await db.query<WalletRefund>(refundOf(reference, refundReference))).rows[0] ?? null;
}

async function lockOrder(db: Db, reference: string): Promise<WalletOrder | null> {
  return (await db.query<WalletOrder>(locked(reference))).rows[0] ?? null;
}

async function afterwards(db: Db, { reference }: WalletOrder): Promise<Moved> {
  const order = await findOrder(db, reference);
  if (!order) throw new Error(`bug: the order ${reference} is gone`);
  return { kind: 'booked', order };
}

async function debit(
  db: Db,
  order: WalletOrder,
  reason: 'wallet_paid' | 'wallet_captured',
  subject: string,
  amount: Minor,
): Promise<void> {
  const event: MoneyEvent = { reason, channel: 'balance', subject, amount, currency: order.currency };
  await bookPosting(db, ownerOf(order), postingFor(event), await timeOf(db));
} // prettier-ignore

function ownerOf({ payment_id: id, merchant_id, wallet_id, livemode }: WalletOrder) {
  return { id, merchant_id, wallet_id, livemode };
}
