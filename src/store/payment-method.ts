import type { Id } from '../domain/id.ts';
import type { Choice } from '../domain/payment.ts';
import type { Card, Consent, MethodStatus } from '../domain/payment-method.ts';
import type { Setup } from '../domain/setup.ts';
import type { Caller } from './api-key.ts';
import { openKept, type SealedMethod } from './kept-token.ts';
import type { Keyring } from './keyring.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { visibleTo } from './payment-list.ts';
import { type KeptConsent, openConsent, sealConsent } from './sealed-consent.ts';
import { type Db, prepared, type Store } from './store.ts';

/** A method that a customer keeps for later payments, without what the channel knows it by. */
export interface PaymentMethod {
  readonly id: Id<'pm'>;
  readonly customer_id: string;
  readonly type: string;
  readonly channel: string;
  readonly channel_account: string;
  readonly status: MethodStatus;
  readonly consent: Consent;
  readonly card: Card | null;
  readonly livemode: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Where it was or is set up without a payment. */
  readonly setup: Pick<Setup, 'next_action' | 'failure'> | null;
}

/** One that can be paid with, and the channel's token of it. */
export interface UsableMethod extends Omit<PaymentMethod, 'consent'> {
  readonly token: string;
}

const columns = `t.id, t.customer_id, t.type, t.channel, t.channel_account, t.status, t.consent, t.card, t.livemode,
  t.created_at, t.updated_at,
  (select jsonb_build_object('next_action', s.next_action, 'failure', s.failure) from setups s where s.payment_method = t.id) as setup`;

/** A removed one is gone for the caller, and so is one that never came about. */
const living: Condition = [`t.status in ('pending', 'active')`];

/** Of one that was to be set up without a payment he sees why it came to nothing. */
const there = `(${living[0]} or t.status = 'failed' and exists (select 1 from setups s where s.payment_method = t.id))`;

const insert = prepared(
  'payment_method',
  `insert into payment_methods (id, merchant_id, app_id, livemode, customer_id, type, channel, channel_account, status, consent, attend_at)
   select $1, $2, $3, $4, c.id, $6, $7, $8, 'pending', $9::jsonb || jsonb_build_object('given_at', to_char(clock_now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), clock_now() + $10 * interval '1 s'
   from customers c where c.id = $5 and c.removed_at is null`,
);

/** A method to whose keeping a customer agrees. */
export interface NewMethod {
  readonly id: Id<'pm'>;
  readonly customer_id: string;
  readonly type: string;
  readonly channel: string;
  readonly channel_account: string;
  readonly consent: Omit<Consent, 'given_at'>;
}

/**
 * Writes down what the customer agreed to; nothing where he is not there any more.
 *
 * @param due_s when it is looked at first; null: never, its setup is looked at
 */
export async function writeMethod(
  db: Db,
  keyring: Keyring,
  { merchant_id, app_id, livemode }: Caller,
  { id, customer_id, type, channel, channel_account, consent }: NewMethod,
  due_s: number | null,
): Promise<void> {
  const agreed = JSON.stringify(sealConsent(keyring, id, consent, livemode));
  await db.query(insert(id, merchant_id, app_id, livemode, customer_id, type, channel, channel_account, agreed, due_s)); // prettier-ignore
}

/**
 * Writes down what the customer agreed to, before the payment that his method is kept by. Where that payment does not come
 * about the row is left over: it fails in a day.
 */
export async function insertMethod(
  { pool, keyring }: Store,
  caller: Caller,
  { payment_method: id, method: type, route }: Choice,
  customer_id: string,
  consent: Omit<Consent, 'given_at'>,
): Promise<void> {
  const { channel, channel_account } = route;
  if (id == null) throw new Error('bug: a consent to keep nothing');
  const method = { id, customer_id, type, channel, channel_account, consent };
  await writeMethod(pool, keyring, caller, method, 1);
}

const one = prepared(
  'find_payment_method',
  `select ${columns}, t.sealed, t.key_id from payment_methods t
   where t.id = $1 and t.merchant_id = $2 and t.livemode = $3 and ${there}`,
);

type Kept = Omit<PaymentMethod, 'consent'> & { readonly consent: KeptConsent };
type Row = Kept & (SealedMethod | { readonly sealed: null; readonly key_id: null });

function opened(keyring: Keyring, kept: Kept): PaymentMethod {
  return { ...kept, consent: openConsent(keyring, kept.id, kept.consent) };
}

/** The caller's method with this id, or null: another merchant's and a removed one do not exist for him. */
export async function findMethod(
  { pool, keyring }: Store,
  { merchant_id, livemode }: Caller,
  id: string,
): Promise<PaymentMethod | null> {
  const found = await pool.query<Row>(one(id, merchant_id, livemode));
  return found.rows[0] ? opened(keyring, found.rows[0]) : null;
}

/** The same with its token; null also as long as the channel does not keep it. */
export async function findUsable(
  { pool, keyring }: Store,
  { merchant_id, livemode }: Caller,
  id: string,
): Promise<UsableMethod | null> {
  const found = await pool.query<Row>(one(id, merchant_id, livemode));
  const [row] = found.rows;
  if (row?.status !== 'active' || row.sealed === null) return null;
  return { ...row, token: openKept(keyring, row) };
}

/** One page of a customer's methods, newest first. */
export async function listMethods(
  { pool, keyring }: Store,
  caller: Caller,
  customerId: string,
  asked: PageRequest,
): Promise<Page<PaymentMethod>> {
  const scope: Condition[] = [...visibleTo(caller), ['t.customer_id = ?', customerId]];
  const page = await readPage(pool, { from: 'payment_methods t', scope, filters: [living] }, asked);
  if (page.kind !== 'page') return page;
  const found = await pool.query<Kept>(
    `select ${columns} from payment_methods t where t.id = any($1) order by array_position($1, t.id)`,
    [page.data],
  );
  return { ...page, data: found.rows.map((row) => opened(keyring, row)) };
}

/** The consent ends now; what the channel keeps, it is asked to forget as soon as can be. */
export const withdrawn = `status = 'removed', removed_at = clock_now(), updated_at = clock_now(), attend_at = clock_now()`;

/** Of the methods `gone` what is set up is looked at again at once. Whoever is at it meanwhile has lost. */
export const setupsOver = `over as (
  update setups s set attend_at = clock_now(), moves = moves + 1 from gone where s.payment_method = gone.id and s.step is not null
)`;

/** Withdraws the caller's method. False when there is none. */
export async function removeMethod(
  db: Db,
  { merchant_id, livemode }: Caller,
  id: string,
): Promise<boolean> {
  const removed = await db.query(
    `with gone as (
       update payment_methods t set ${withdrawn}
       where t.id = $1 and t.merchant_id = $2 and t.livemode = $3 and ${there} returning t.id
     ), ${setupsOver} select id from gone`,
    [id, merchant_id, livemode],
  );
  return removed.rowCount === 1;
}
