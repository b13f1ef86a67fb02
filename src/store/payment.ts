import { create, riskVerdict } from '../domain/creation.ts';
import type { Context } from '../domain/draft.ts';
import type { Id } from '../domain/id.ts';
import type { Choice, Terms } from '../domain/payment.ts';
import type { Details } from '../domain/payment-object.ts';
import { drawId } from './id.ts';
import { loadPayment, type StoredPayment } from './payment-row.ts';
import type { Db, Store } from './store.ts';
import { insertPaymentRow, writeTransition } from './transition.ts';

export type { StoredPayment } from './payment-row.ts';

export interface NewPayment {
  readonly terms: Omit<Terms, 'id' | 'created_at' | 'expires_at'> & {
    readonly expires_in_ms: number;
  };
  /** What the payer pays with; null when the payment waits for a method. */
  readonly choice: Choice | null;
  readonly details: Details;
  /** The idempotency key: its hash with app and endpoint, and the hash of what was asked. */
  readonly key: { readonly cause: string; readonly fingerprint: string };
}

/** A payment was made, or it was there before, or why not. */
export type Insertion =
  | { readonly kind: 'created'; readonly payment: StoredPayment }
  | { readonly kind: 'replayed'; readonly paymentId: string }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'key_busy' }
  | { readonly kind: 'order_taken'; readonly paymentId: string; readonly paid: boolean };

/** Thrown inside the transaction to take back the claims that it made before it met somebody else's. */
class Taken extends Error {
  readonly insertion: Insertion;
  constructor(insertion: Insertion) {
    super(insertion.kind);
    this.insertion = insertion;
  }
}

/**
 * Makes a payment: key, order claim, row, first attempt, its call and `payment.created`, in one transaction.
 * A key or an order number that somebody holds answers what it names, and nothing is written.
 */
export async function insertPayment(store: Store, input: NewPayment): Promise<Insertion> {
  try {
    return await store.transaction(async (db) => {
      await db.query(`set local lock_timeout = '2s'`); // another create under this key is still at it
      const id = drawId('pay');
      await claimKey(db, input, id);
      await claimOrder(db, input, id);
      return { kind: 'created', payment: await write(store, db, input, id) };
    });
  } catch (error) {
    if (error instanceof Taken) return error.insertion;
    if ((error as { code?: string }).code === '55P03') return { kind: 'key_busy' };
    throw error;
  }
}

async function claimKey(db: Db, input: NewPayment, id: string): Promise<void> {
  const { cause, fingerprint } = input.key;
  const claimed = await db.query(
    `insert into idempotency_keys (cause, app_id, fingerprint, object_id) values ($1, $2, $3, $4) on conflict do nothing`,
    [cause, input.terms.app_id, fingerprint, id],
  );
  if (claimed.rowCount === 1) return;
  const held = await db.query<{ object_id: string; fingerprint: string }>(
    'select object_id, fingerprint from idempotency_keys where cause = $1',
    [cause],
  );
  const row = held.rows[0];
  if (!row) throw new Taken({ kind: 'key_busy' });
  if (row.fingerprint !== fingerprint) throw new Taken({ kind: 'key_reused' });
  throw new Taken({ kind: 'replayed', paymentId: row.object_id });
}

async function claimOrder(db: Db, input: NewPayment, id: string): Promise<void> {
  const { app_id, order_no } = input.terms;
  const claimed = await db.query(
    'insert into order_claims (app_id, order_no, payment_id) values ($1, $2, $3) on conflict do nothing',
    [app_id, order_no, id],
  );
  if (claimed.rowCount === 1) return;
  const held = await db.query<{ id: string; status: string }>(
    `select p.id, p.status from order_claims c join payments p on p.id = c.payment_id
     where c.app_id = $1 and c.order_no = $2`,
    [app_id, order_no],
  );
  const row = held.rows[0];
  if (!row) throw new Taken({ kind: 'key_busy' }); // freed between the two statements: try again
  throw new Taken({ kind: 'order_taken', paymentId: row.id, paid: row.status === 'succeeded' });
}

async function write(
  store: Store,
  db: Db,
  input: NewPayment,
  id: Id<'pay'>,
): Promise<StoredPayment> {
  const context = await contextOf(store, db);
  const { now } = context;
  const { expires_in_ms, ...given } = input.terms;
  const terms: Terms = { ...given, id, created_at: now, expires_at: now + expires_in_ms };
  const made = create(terms, input.choice, context);
  await insertPaymentRow(db, made.payment, input.details, new Date(now + 10_000));
  await writeTransition(store, db, null, made, input.details, {
    cause: `create ${input.key.cause}`,
    kind: 'request',
    summary: `created${input.choice ? ` with ${input.choice.method}` : ''}`,
    data: { method: input.choice?.method ?? null, route: input.choice?.route ?? null, risk: riskVerdict },
  }, now); // prettier-ignore
  return { ...made.payment, details: input.details, channel_ms: 0 };
}

/** What a fold may know of the world: the database's clock, fresh ids, the settings. */
export async function contextOf(store: Store, db: Db, orderFree = true): Promise<Context> {
  const clock = await db.query<{ now: Date }>('select clock_now() as now');
  const now = clock.rows[0]?.now.getTime();
  if (now === undefined) throw new Error('the database has no clock');
  const { timing, rulesOf } = store;
  return { now, draw: drawId, timing, rulesOf, orderFree };
}

/** The merchant's payment with this id, or null: another merchant's does not exist for this one. */
export async function findPayment(
  db: Db,
  merchantId: string,
  id: string,
): Promise<StoredPayment | null> {
  const payment = await loadPayment(db, id);
  return payment?.merchant_id === merchantId ? payment : null;
}
