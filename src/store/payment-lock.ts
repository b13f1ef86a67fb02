import type { Context } from '../domain/draft.ts';
import type { Message } from '../domain/message.ts';
import { holdsOrder } from '../domain/payment.ts';
import { type evidenceFact, evidenceOfCallback } from './callback-evidence.ts';
import { type Known, knownOfCause } from './cause.ts';
import { endpointsOfApp, type Target } from './delivery.ts';
import { contextOf } from './payment.ts';
import { assemble, type Row, type StoredPayment, wholePayment } from './payment-row.ts';
import { type Db, prepared, type Store } from './store.ts';
import { type Unsaid, unsaidOfCause } from './unsaid.ts';
import { lockWallet } from './wallet.ts';

/** What the store knows besides the payment, as of the same snapshot. */
export interface Around extends Known {
  readonly now: Date;
  readonly is_order_taken: boolean;
  readonly evidence: Parameters<typeof evidenceFact>[0] | null;
  readonly unsaid: Unsaid | null;
  /** Is it, or was it, counted for a limit over time? */
  readonly is_counted: boolean;
  readonly endpoints: readonly Target[];
}

// A key share goes beside it: who moves a wallet holds a call of this payment, and refers to the payment's row.
const lock = prepared('lock', 'select 1 from payments where id = $1 for no key update');

// Before they are read: a sender takes its fence on these rows, and the fold must know who was first.
const lockCalls = prepared(
  'lock_calls',
  'select 1 from operations where payment_id = $1 and ended is null order by id for update',
);

const locked = prepared(
  'locked',
  `select ${wholePayment}, 0 as channel_ms, clock_now() as now, ${knownOfCause}, ${evidenceOfCallback}, ${unsaidOfCause},
     exists (select 1 from order_claims c where (c.app_id, c.order_no, c.livemode) = (p.app_id, p.order_no, p.livemode)) as is_order_taken,
     exists (select 1 from limit_claims l where l.payment_id = p.id) as is_counted, ${endpointsOfApp}
   from payments p where p.id = $1`,
);

/** A payment that is locked until the transaction ends, with all that a fold of it may need. */
export interface Locked {
  readonly payment: StoredPayment;
  readonly known: Around;
  readonly context: Context;
}

/** A payment that is locked without its wallet; null is for who answers for the wallet himself. */
export interface LockedAlone extends Omit<Locked, 'context'> {
  readonly contextWith: (walletAvailable: Context['walletAvailable']) => Context;
}

/**
 * Takes the row and its open calls until the transaction ends, then reads all that a fold may need: one round trip, for
 * a top-up another one for its wallet. Throws when there is no such payment.
 */
export async function lockPayment(
  store: Store,
  db: Db,
  id: string,
  message: Pick<Message, 'cause' | 'fact' | 'key'>,
): Promise<Locked> {
  const { payment, known, contextWith } = await lockAlone(store, db, id, message);
  const walletAvailable = payment.wallet_id && (await lockWallet(db, payment.wallet_id));
  return { payment, known, context: contextWith(walletAvailable) };
}

/** The same for who locks several payments: their wallet comes after the last of them, or two would lock each other out. */
export async function lockAlone(
  store: Store,
  db: Db,
  id: string,
  { cause, fact, key }: Pick<Message, 'cause' | 'fact' | 'key'>,
): Promise<LockedAlone> {
  const callback = fact.kind === 'callback' ? fact.callback : null;
  const [, , found] = await Promise.all([
    db.query(lock(id)),
    db.query(lockCalls(id)),
    db.query<Row>(locked(id, cause, callback, key?.fingerprint ?? '')), // a snapshot of its own, taken when the locks are held
  ]);
  const [row] = found.rows;
  if (!row) throw new Error(`no payment ${id}`);
  const { now, is_recorded, held, evidence, unsaid, is_order_taken, is_counted, endpoints, ...payment } = row;
  const known = { now, is_recorded, held, evidence, unsaid, is_order_taken, is_counted, endpoints } as unknown as Around;
  const whole = assemble(payment);
  const orderFree = holdsOrder(whole) || !known.is_order_taken;
  const contextWith = (walletAvailable: Context['walletAvailable']) =>
    contextOf(store, known.now, { orderFree, walletAvailable });
  return { payment: whole, known, contextWith };
} // prettier-ignore
