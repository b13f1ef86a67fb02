import type { AttemptStatus } from '../domain/attempt.ts';
import type { Currency } from '../domain/currency.ts';
import type { Minor } from '../domain/money.ts';
import type { Card, MethodStatus } from '../domain/payment-method.ts';
import { type OnUnopened, openEach } from './due-lease.ts';
import { openKept, type SealedMethod, sealKept } from './kept-token.ts';
import { type Db, prepared, type Store } from './store.ts';

/** A saved method that its channel may have to be asked about, with the attempt that it is kept by. */
export interface DueMethod {
  readonly id: string;
  readonly status: MethodStatus;
  readonly livemode: boolean;
  readonly channel: string;
  readonly channel_account: string;
  readonly age_ms: number;
  /** What the channel knows it by; null where it keeps nothing that we know of. */
  readonly token: string | null;
  /** Null as long as the payment is not made. */
  readonly attempt: SavingAttempt | null;
}

export interface SavingAttempt {
  readonly id: string;
  readonly payment_id: string;
  readonly status: AttemptStatus;
  readonly method: string;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly handle: string | null;
  readonly capture: 'automatic' | 'manual';
  readonly expires_at: string;
}

type Row = Omit<DueMethod, 'token'> & (SealedMethod | { readonly sealed: null });

const lease = prepared(
  'lease_methods',
  `with due as (
     update payment_methods set attend_at = clock_now() + interval '60 s' where id = any(array(
       select id from payment_methods where attend_at < clock_now() order by attend_at limit 20 for update skip locked
     )) returning *
   )
   select m.id, m.status, m.livemode, m.channel, m.channel_account, m.sealed, m.key_id,
     extract(epoch from clock_now() - m.created_at)::float8 * 1000 as age_ms,
     case when a.id is not null then jsonb_build_object('id', a.id, 'payment_id', a.payment_id, 'status', a.status,
       'method', a.method, 'amount', a.amount, 'currency', a.currency, 'handle', a.handle, 'capture', p.capture,
       'expires_at', p.expires_at) end as attempt
   from due m
   left join attempts a on a.payment_method = m.id and a.usage = 'save'
   left join payments p on p.id = a.payment_id`,
);

/**
 * Those that are due, for 60 s: nobody else asks about them meanwhile.
 * @param onUnopened hears of those that no key opens, which are left out; default: nobody
 */
export async function leaseMethods(
  { pool, keyring }: Store,
  onUnopened: OnUnopened = () => undefined,
): Promise<DueMethod[]> {
  const leased = await pool.query<Row>(lease());
  const open = (row: Row) => ({
    ...row,
    token: row.sealed === null ? null : openKept(keyring, row),
  });
  return openEach(leased.rows, open, onUnopened);
}

/** Looks again then. */
export async function postponeMethod(db: Db, id: string, in_ms: number): Promise<void> {
  await db.query(
    `update payment_methods set attend_at = clock_now() + $2 * interval '1 millisecond' where id = $1`,
    [id, Math.round(in_ms)],
  );
}

/** The channel keeps it. One that was withdrawn meanwhile is due again at once, to be forgotten. */
export async function keptMethod(
  { pool, keyring }: Store,
  { id, livemode }: Pick<DueMethod, 'id' | 'livemode'>,
  token: string,
  card: Card | null,
  db: Db = pool,
): Promise<void> {
  const { sealed, key_id } = sealKept(keyring, id, token, livemode);
  await db.query(
    `update payment_methods set sealed = $2, key_id = $3, card = $4, updated_at = clock_now(),
       status = case status when 'pending' then 'active' else status end,
       attend_at = case status when 'pending' then null else clock_now() end
     where id = $1`,
    [id, sealed, key_id, card && JSON.stringify(card)],
  );
}

/** There is nothing to keep, and never will be. */
export async function failMethod(db: Db, id: string): Promise<void> {
  await db.query(
    `update payment_methods set status = 'failed', attend_at = null, updated_at = clock_now()
     where id = $1 and status = 'pending'`,
    [id],
  );
}

/** The channel has forgotten it, and so have we: what was agreed to stays. */
export async function forgottenMethod(db: Db, id: string): Promise<void> {
  await db.query(
    `update payment_methods set sealed = null, key_id = null, attend_at = null, updated_at = clock_now()
     where id = $1 and status = 'removed'`,
    [id],
  );
}
