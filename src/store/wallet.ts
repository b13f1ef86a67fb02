import type { Currency } from '../domain/currency.ts';
import type { Id } from '../domain/id.ts';
import { type Minor, toMinor } from '../domain/money.ts';
import type { Caller } from './api-key.ts';
import { drawId } from './id.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { visibleTo } from './payment-list.ts';
import { type Db, prepared } from './store.ts';

/** What a customer has with a merchant, in one currency. */
export interface Wallet {
  readonly id: Id<'wal'>;
  readonly customer_id: Id<'cus'>;
  readonly livemode: boolean;
  readonly currency: Currency;
  readonly balance: Minor;
  /** Of the balance, what is promised to somebody already. */
  readonly held: Minor;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns =
  't.id, t.customer_id, t.livemode, t.currency, t.balance, t.held, t.created_at, t.updated_at';

/** The customer's wallet in this currency, made when it is needed for the first time. */
export async function openWallet(
  db: Db,
  { merchant_id, livemode }: Pick<Caller, 'merchant_id' | 'livemode'>,
  customerId: string,
  currency: string,
): Promise<Id<'wal'>> {
  await db.query(
    `insert into wallets (id, merchant_id, livemode, customer_id, currency) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [drawId('wal'), merchant_id, livemode, customerId, currency],
  );
  const found = await db.query<{ id: Id<'wal'> }>(
    'select id from wallets where customer_id = $1 and currency = $2',
    [customerId, currency],
  );
  const [wallet] = found.rows;
  if (!wallet) throw new Error(`bug: ${customerId} has no wallet in ${currency}`);
  return wallet.id;
}

/** The caller's wallet with this id, or null: another merchant's does not exist for it. */
export async function findWallet(
  db: Db,
  { merchant_id, livemode }: Caller,
  id: string,
): Promise<Wallet | null> {
  const found = await db.query<Wallet>(
    `select ${columns} from wallets t where t.id = $1 and t.merchant_id = $2 and t.livemode = $3`,
    [id, merchant_id, livemode],
  );
  return found.rows[0] ?? null;
}

/** One page of a customer's wallets, newest first. */
export async function listWallets(
  db: Db,
  caller: Caller,
  customerId: string,
  asked: PageRequest,
): Promise<Page<Wallet>> {
  const scope = [...visibleTo(caller), ['t.customer_id = ?', customerId]] as const;
  const page = await readPage(db, { from: 'wallets t', scope, filters: [] }, asked);
  if (page.kind !== 'page') return page;
  const found = await db.query<Wallet>(
    `select ${columns} from wallets t where t.id = any($1) order by array_position($1, t.id)`,
    [page.data],
  );
  return { ...page, data: found.rows };
}

const lock = prepared('lock_wallet', 'select balance - held as available from wallets where id = $1 for no key update'); // prettier-ignore

/** Takes the wallet until the transaction ends: what it has and has not promised to anybody. */
export async function lockWallet(db: Db, id: string): Promise<Minor> {
  const found = await db.query<{ available: number }>(lock(id));
  const [wallet] = found.rows;
  if (!wallet) throw new Error(`there is no wallet ${id}`);
  return toMinor(wallet.available);
}

const move = prepared(
  'move_wallet',
  'update wallets set balance = balance + $2, held = held + $3, updated_at = clock_now() where id = $1',
);

/** Changes a wallet that is locked. Throws on an overdraft: the check of the table is the wall. */
export async function moveWallet(
  db: Db,
  id: string,
  { balance, held }: { readonly balance: number; readonly held: number },
): Promise<void> {
  await db.query(move(id, balance, held));
}

/** When the locks are held: so the statement is in the order in which the wallet moved. */
export async function timeOf(db: Db): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('select clock_now() as now');
  return rows[0]?.now ?? new Date(NaN);
}

/** What a transition of a top-up changes in its wallet, `doc.wallet`; an overdraft fails all of it. */
export const toppedUp = `
  update wallets w set balance = w.balance + (d -> 'wallet' ->> 'balance')::bigint,
    held = w.held + (d -> 'wallet' ->> 'held')::bigint, updated_at = clock_now()
  from doc where w.id = d -> 'wallet' ->> 'id'`;
