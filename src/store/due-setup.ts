import type { Card } from '../domain/payment-method.ts';
import type { Setup } from '../domain/setup.ts';
import { leaseOf, type OnUnopened, openEach } from './due-lease.ts';
import { failMethod, keptMethod } from './due-method.ts';
import { openToken } from './sealed-token.ts';
import { type Db, prepared, type Store } from './store.ts';

/** A setup whose channel is to be called. */
export interface DueSetup extends Setup {
  /** Our number of the method. */
  readonly id: string;
  readonly livemode: boolean;
  readonly type: string;
  readonly channel: string;
  readonly channel_account: string;
  /** What the method came with; null once the channel has answered for it. */
  readonly token: string | null;
  readonly return_url: string | null;
  /** The payer's time is up, or the consent was taken back. */
  readonly is_over: boolean;
  readonly age_ms: number;
  readonly moves: number;
}

const lease = prepared(
  'lease_setups',
  `with due as (
     update setups set attend_at = clock_now() + $1 * interval '1 millisecond' where payment_method = any(array(
       select payment_method from setups where attend_at < clock_now() order by attend_at limit 20 for update skip locked
     )) returning *
   )
   select m.id, m.livemode, m.app_id, m.type, m.channel, m.channel_account, d.step, d.handle, d.key_number, d.token,
     d.next_action, d.failure, d.return_url, d.moves, extract(epoch from clock_now() - m.created_at)::float8 * 1000 as age_ms,
     m.status <> 'pending' or d.expires_at <= clock_now() as is_over
   from due d join payment_methods m on m.id = d.payment_method`,
);

/**
 * Those that are due: nobody else calls for them meanwhile.
 * @param onUnopened hears of those that no key opens, which are left out; default: nobody
 */
export async function leaseSetups(
  store: Store,
  onUnopened: OnUnopened = () => undefined,
): Promise<DueSetup[]> {
  const { pool, keyring } = store;
  const leased = await pool.query<DueSetup & { readonly app_id: string }>(lease(leaseOf(store)));
  const open = ({ app_id, ...due }: (typeof leased.rows)[number]) => ({
    ...due,
    token: due.token === null ? null : openToken(keyring, due.token, app_id),
  });
  return openEach(leased.rows, open, onUnopened);
}

const write = prepared(
  'write_setup',
  `update setups set step = $3::text, handle = $4, key_number = $5, next_action = $6, failure = $7, moves = moves + 1,
     token = case when $3::text in ('create', 'confirm', 'query') and $6::jsonb is null then token end,
     attend_at = case when $3::text is null then null else least(clock_now() + $8 * interval '1 millisecond',
       case when expires_at > clock_now() then expires_at end) end
   where payment_method = $1 and moves = $2 returning payment_method, pg_notify('payment', payment_method)`,
);

/**
 * Writes how the setup stands, and looks again after `in_ms`, at the latest when the payer's time is up. One that has failed takes its
 * method with it. False when somebody else has moved it meanwhile: then nothing is written.
 */
export async function writeSetup(
  store: Store,
  { id, moves }: Pick<DueSetup, 'id' | 'moves'>,
  setup: Setup,
  in_ms: number,
): Promise<boolean> {
  return store.transaction(async (db) => {
    const isMine = await move(db, id, moves, setup, in_ms);
    if (isMine && setup.step === null) await failMethod(db, id);
    return isMine;
  });
}

/** The channel keeps the method. One that was withdrawn meanwhile is due to be forgotten. */
export async function keptSetup(
  store: Store,
  due: DueSetup,
  token: string,
  card: Card | null,
): Promise<void> {
  await store.transaction(async (db) => {
    const kept = { ...due, step: null, next_action: null };
    if (await move(db, due.id, due.moves, kept, 0)) await keptMethod(store, due, token, card, db);
  });
}

async function move(
  db: Db,
  id: string,
  moves: number,
  { step, handle, key_number, next_action, failure }: Setup,
  in_ms: number,
): Promise<boolean> {
  const documents = [next_action, failure].map((one) => one && JSON.stringify(one));
  const moved = await db.query(write(id, moves, step, handle, key_number, ...documents, Math.round(in_ms))); // prettier-ignore
  return moved.rowCount === 1;
}

/** A setup as a notice is compared with it. */
export interface HeardSetup {
  readonly channel_account: string;
  readonly handle: string | null;
}

/** What our number at the channel stands for, or null. */
export async function setupUnder(db: Db, reference: string): Promise<HeardSetup | null> {
  const found = await db.query<HeardSetup>(
    `select m.channel_account, s.handle from setups s join payment_methods m on m.id = s.payment_method
     where s.payment_method = $1`,
    [reference],
  );
  return found.rows[0] ?? null;
}

/**
 * Its channel says that something changed: it is asked at once. A call that is under way says less than that: its end is not
 * written.
 */
export async function hearSetup(db: Db, reference: string): Promise<void> {
  await db.query(
    `update setups set attend_at = clock_now(), moves = moves + 1 where payment_method = $1 and step = 'query'`,
    [reference],
  );
}
