import { create, riskVerdict } from '../domain/creation.ts';
import type { Context } from '../domain/draft.ts';
import type { Id } from '../domain/id.ts';
import type { LimitCount } from '../domain/limit-count.ts';
import type { Choice, Terms } from '../domain/payment.ts';
import type { Details } from '../domain/payment-object.ts';
import { inWords } from '../domain/routing.ts';
import type { RuleRefusal } from '../domain/rule.ts';
import { endpointsOfApp, type Target } from './delivery.ts';
import { drawId } from './id.ts';
import { takeLimits } from './limit-count.ts';
import { loadPayment, type StoredPayment } from './payment-row.ts';
import { type Db, prepared, type Store } from './store.ts';
import { writeTransition } from './transition.ts';

export type { StoredPayment } from './payment-row.ts';

export interface NewPayment {
  readonly terms: Omit<Terms, 'id' | 'created_at' | 'expires_at'> & {
    readonly expires_in_ms: number;
  };
  /** What the payer pays with; null when the payment waits for a method. */
  readonly choice: Choice | null;
  readonly details: Details;
  /** The limits over time that it is counted for; left out: none. */
  readonly counts?: readonly LimitCount[];
  /** The idempotency key: its hash with app and endpoint, and the hash of what was asked. */
  readonly key: { readonly cause: string; readonly fingerprint: string };
}

/** A payment was made, or it was there before, or why not. */
export type Insertion =
  | { readonly kind: 'created'; readonly payment: StoredPayment }
  | { readonly kind: 'replayed'; readonly paymentId: string }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'key_busy' }
  | { readonly kind: 'limit_exceeded'; readonly refusals: readonly RuleRefusal[] }
  | { readonly kind: 'order_taken'; readonly paymentId: string; readonly paid: boolean };

/** Thrown inside the transaction to take back the claims that it made before it met somebody else's, or a limit. */
class Taken extends Error {
  readonly insertion: Insertion;
  constructor(insertion: Insertion) {
    super(insertion.kind);
    this.insertion = insertion;
  }
}

/**
 * Makes a payment: key, order claim, what limits count of it, row, first attempt, its call and `payment.created`, in one transaction.
 * A key or an order number that somebody holds answers what it names, and nothing is written.
 */
export async function insertPayment(store: Store, input: NewPayment): Promise<Insertion> {
  const { cause, fingerprint } = input.key;
  const { app_id, order_no, livemode } = input.terms;
  try {
    return await store.transaction(async (db) => {
      const id = drawId('pay');
      const [, key, order, found] = await Promise.all([
        db.query(`set local lock_timeout = '2s'`), // another create under this key is still at it
        db.query(claimKey(cause, app_id, fingerprint, id)),
        db.query(claimOrder(app_id, order_no, id, livemode)),
        db.query<Place>(place(app_id, livemode)),
      ]);
      if (key.rowCount === 0) throw new Taken(await holderOfKey(db, input));
      if (order.rowCount === 0) throw new Taken(await holderOfOrder(db, input));
      const refusals = await count(db, id, input);
      if (refusals.length > 0) throw new Taken({ kind: 'limit_exceeded', refusals });
      const [known] = found.rows;
      if (!known) throw new Error('the database has no clock');
      return { kind: 'created', payment: await write(store, db, input, id, known) };
    });
  } catch (error) {
    if (error instanceof Taken) return error.insertion;
    if ((error as { code?: string }).code === '55P03') return { kind: 'key_busy' };
    throw error;
  }
}

/** A payment without a method is counted when it is confirmed. */
async function count(db: Db, id: Id<'pay'>, { terms, choice, counts }: NewPayment): Promise<RuleRefusal[]> {
  if (!choice || !counts) return [];
  const { app_id, livemode } = terms;
  return takeLimits(db, { id, app_id, livemode }, counts, { method: choice.method, confirmation: null });
} // prettier-ignore

const claimKey = prepared(
  'claim_key',
  'insert into idempotency_keys (cause, app_id, fingerprint, object_id) values ($1, $2, $3, $4) on conflict do nothing',
);

const claimOrder = prepared(
  'claim_order',
  'insert into order_claims (app_id, order_no, payment_id, livemode) values ($1, $2, $3, $4) on conflict do nothing',
);

/** Where a payment is made: when, and who may be told. */
interface Place {
  readonly now: Date;
  readonly endpoints: readonly Target[];
}

const place = prepared(
  'place',
  `select clock_now() as now, ${endpointsOfApp} from (select $1::text as app_id, $2::boolean as livemode) p`,
);

async function holderOfKey(db: Db, { key }: NewPayment): Promise<Insertion> {
  const held = await db.query<{ object_id: string; fingerprint: string }>(
    'select object_id, fingerprint from idempotency_keys where cause = $1',
    [key.cause],
  );
  const row = held.rows[0];
  if (!row) return { kind: 'key_busy' };
  if (row.fingerprint !== key.fingerprint) return { kind: 'key_reused' };
  return { kind: 'replayed', paymentId: row.object_id };
}

async function holderOfOrder(db: Db, { terms }: NewPayment): Promise<Insertion> {
  const held = await db.query<{ id: string; status: string }>(
    `select p.id, p.status from order_claims c join payments p on p.id = c.payment_id
     where c.app_id = $1 and c.order_no = $2 and c.livemode = $3`,
    [terms.app_id, terms.order_no, terms.livemode],
  );
  const row = held.rows[0];
  if (!row) return { kind: 'key_busy' }; // freed between the two statements: try again
  return { kind: 'order_taken', paymentId: row.id, paid: row.status === 'succeeded' };
}

async function write(
  store: Store,
  db: Db,
  input: NewPayment,
  id: Id<'pay'>,
  { now: at, endpoints }: Place,
): Promise<StoredPayment> {
  const context = contextOf(store, at, { orderFree: true, walletAvailable: null }); // nothing goes back yet
  const { now } = context;
  const { expires_in_ms, ...given } = input.terms;
  const terms: Terms = { ...given, id, created_at: now, expires_at: now + expires_in_ms };
  const fold = create(terms, input.choice, context);
  const origin = {
    cause: `create ${input.key.cause}`,
    kind: 'request',
    summary: `created${input.choice ? ` with ${inWords(input.choice)}` : ''}`,
    data: { method: input.choice?.method ?? null, route: input.choice?.route ?? null, risk: riskVerdict },
  };
  const { details } = input;
  const attend_at = new Date(now + 10_000);
  await writeTransition(db, { before: null, fold, details, origin, now, endpoints, attend_at });
  return { ...fold.payment, details, channel_ms: 0 };
} // prettier-ignore

/** What a fold may know of the world: the database's clock, fresh ids, the settings. */
export function contextOf(
  { timing, rulesOf }: Store,
  now: Date,
  { orderFree, walletAvailable }: Pick<Context, 'orderFree' | 'walletAvailable'>,
): Context {
  return { now: now.getTime(), draw: drawId, timing, rulesOf, orderFree, walletAvailable };
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
