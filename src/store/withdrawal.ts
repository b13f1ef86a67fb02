import type { Refusal } from '../domain/fact.ts';
import { type Fold, fold } from '../domain/fold.ts';
import type { Id } from '../domain/id.ts';
import { type Minor, type Money, subtract, sum, zero } from '../domain/money.ts';
import { refundable } from '../domain/refund-command.ts';
import { type Withdrawal, withdrawalRefusal } from '../domain/withdrawal.ts';
import type { Caller } from './api-key.ts';
import { drawId } from './id.ts';
import { claimKey, type HeldKey, type KeyClaim, refuseKey } from './idempotency.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { lockAlone, type LockedAlone } from './payment-lock.ts';
import type { Db, Store } from './store.ts';
import { writeAmongOthers } from './transition.ts';
import { lockWallet, type Wallet } from './wallet.ts';

/** What became of a withdrawal; `busy`: others have the wallet for longer than anybody waits, and nothing was done. */
export type Withdrawing =
  | { readonly kind: 'made' | 'replayed'; readonly withdrawal: Withdrawal }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly isReplayed: boolean }
  | { readonly kind: 'key_reused' | 'busy' };

interface Wanted extends Money {
  readonly id: Id<'po'>;
}

/** What goes back by one top-up: its payment as it is locked, and what the refund makes of it. */
interface Part extends LockedAlone {
  readonly amount: Minor;
  readonly made: Fold;
}

/**
 * Sends money of a wallet back to where it came from: refunds of the wallet's top-ups, the newest first, recorded with the
 * key and the withdrawal in one transaction. Whoever attends to those payments does the rest.
 */
export async function makeWithdrawal(
  store: Store,
  caller: Caller,
  wallet: Wallet,
  amount: Minor,
  key: KeyClaim,
): Promise<Withdrawing> {
  const wanted: Wanted = { id: drawId('po'), amount, currency: wallet.currency };
  try {
    return await store.transaction(async (db) => {
      await takeTurns(db, wallet);
      const held = await claimKey(db, key, caller.app_id, wanted.id);
      return held ? heldBy(db, key, held) : withdraw(store, db, wallet, wanted, key);
    });
  } catch (error) {
    if ((error as { code?: string }).code === lockNotAvailable) return { kind: 'busy' };
    throw error;
  }
}

const lockNotAvailable = '55P03';

/** One withdrawal of a customer at a time: it locks several payments before their wallet. */
async function takeTurns(db: Db, { customer_id }: Wallet): Promise<void> {
  await db.query(`set local lock_timeout = '3s'`);
  await db.query('select 1 from customers where id = $1 for no key update', [customer_id]);
}

async function heldBy(db: Db, key: KeyClaim, held: HeldKey): Promise<Withdrawing> {
  if (held.fingerprint !== key.fingerprint) return { kind: 'key_reused' };
  if (held.refusal) return { kind: 'refused', refusal: held.refusal, isReplayed: true };
  return { kind: 'replayed', withdrawal: await load(db, held.object_id) };
}

async function withdraw(
  store: Store,
  db: Db,
  wallet: Wallet,
  wanted: Wanted,
  key: KeyClaim,
): Promise<Withdrawing> {
  const parts = await partsOf(store, db, wallet, wanted);
  const returnable = sum([zero, ...parts.map((part) => part.amount)]);
  const refusal = withdrawalRefusal(wanted, await lockWallet(db, wallet.id), returnable);
  if (refusal) {
    await refuseKey(db, key, refusal);
    return { kind: 'refused', refusal, isReplayed: false };
  }
  for (const part of parts) await write(db, wanted.id, part);
  await insert(db, wallet, wanted, parts);
  return { kind: 'made', withdrawal: await load(db, wanted.id) };
}

/** Newest first, as far as it takes; those that nothing can be sent back by are left out. */
async function partsOf(store: Store, db: Db, wallet: Wallet, wanted: Wanted): Promise<Part[]> {
  const parts: Part[] = [];
  let left = wanted.amount;
  for (const topUp of await topUpsOf(db, wallet)) {
    if (left === 0) break;
    const part = await partOf(store, db, topUp, wanted.id, left);
    if (part) left = subtract(left, part.amount);
    if (part) parts.push(part);
  }
  return parts;
}

/** The paid top-ups of which not all went back; what of them can, their payments say when they are locked. */
async function topUpsOf(db: Db, { id }: Wallet): Promise<string[]> {
  const found = await db.query<{ id: string }>(
    `select p.id from payments p where p.wallet_id = $1 and p.paid_by is not null and p.amount > coalesce(
       (select sum(r.amount) from refunds r where r.payment_id = p.id and r.origin = 'merchant' and r.status <> 'failed'), 0)
     order by p.created_at desc, p.id desc`,
    [id],
  );
  return found.rows.map((row) => row.id);
}

async function partOf(
  store: Store,
  db: Db,
  topUp: string,
  cause: Id<'po'>,
  left: Minor,
): Promise<Part | null> {
  const locked = await lockAlone(store, db, topUp, { cause, fact: { kind: 'attend' } });
  const returnable = refundable(locked.payment);
  const amount = returnable < left ? returnable : left;
  const command = { name: 'refund', amount, reason: 'withdrawal' } as const;
  const context = locked.contextWith(null); // the wallet is asked for all parts at once
  const made = fold(locked.payment, { kind: 'command', command }, context);
  return made.refused ? null : { ...locked, amount, made };
}

/** Somebody must look soon if nobody wakes the payment: as at one that was just made. */
const attendInMs = 10_000;

async function write(db: Db, cause: Id<'po'>, { payment, known, amount, made }: Part): Promise<void> {
  const { details } = payment;
  const now = known.now.getTime();
  await writeAmongOthers(db, {
    before: payment,
    fold: made,
    details,
    origin: { cause, kind: 'request', summary: `withdrawal requested: ${amount}`, data: { amount } },
    now,
    endpoints: known.endpoints,
    attend_at: new Date(now + attendInMs),
  });
} // prettier-ignore

async function insert(
  db: Db,
  { id: walletId }: Wallet,
  { id, amount }: Wanted,
  parts: readonly Part[],
): Promise<void> {
  const refunds = parts.map(({ made }) => made.payment.refunds.at(-1)?.id);
  await db.query(
    `with made as (insert into withdrawals (id, wallet_id, amount) values ($1, $2, $3))
     insert into withdrawal_refunds (withdrawal_id, refund_id) select $1, unnest($4::text[])`,
    [id, walletId, amount, refunds],
  );
}

// A refund that a person had made again goes on in its next try, which is of the same payment.
const withdrawals = `select t.id, w.customer_id, t.wallet_id, t.amount, w.currency, w.livemode, t.created_at,
    greatest(t.created_at, r.updated_at) as updated_at, r.refunds
  from withdrawals t join wallets w on w.id = t.wallet_id cross join lateral (
    with recursive tried as (
      select r.* from withdrawal_refunds x join refunds r on r.id = x.refund_id where x.withdrawal_id = t.id
      union all select r.* from tried join refunds r on r.payment_id = tried.payment_id and r.retry_of = tried.id)
    select max(updated_at) as updated_at, json_agg(json_build_object('id', id, 'payment_id', payment_id,
      'amount', amount, 'status', status, 'retry_of', retry_of) order by id) as refunds from tried
  ) r`;

async function load(db: Db, id: string): Promise<Withdrawal> {
  const found = await db.query<Withdrawal>(`${withdrawals} where t.id = $1`, [id]);
  const [withdrawal] = found.rows;
  if (!withdrawal) throw new Error(`bug: a key names ${id}, which is not there`);
  return withdrawal;
}

/** The caller's withdrawal with this id, or null: another merchant's does not exist for it. */
export async function findWithdrawal(
  db: Db,
  { merchant_id, livemode }: Caller,
  id: string,
): Promise<Withdrawal | null> {
  const found = await db.query<Withdrawal>(
    `${withdrawals} where t.id = $1 and w.merchant_id = $2 and w.livemode = $3`,
    [id, merchant_id, livemode],
  );
  return found.rows[0] ?? null;
}

/** One page of what went out of a wallet, newest first. */
export async function listWithdrawals(
  db: Db,
  walletId: string,
  asked: PageRequest,
): Promise<Page<Withdrawal>> {
  const scope = [['t.wallet_id = ?', walletId]] as const;
  const page = await readPage(db, { from: 'withdrawals t', scope, filters: [] }, asked);
  if (page.kind !== 'page') return page;
  const found = await db.query<Withdrawal>(
    `${withdrawals} where t.id = any($1) order by array_position($1, t.id)`,
    [page.data],
  );
  return { ...page, data: found.rows };
}
