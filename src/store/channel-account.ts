import type { Fee } from '../domain/fee.ts';
import type { Id } from '../domain/id.ts';
import type { KeptSettings } from './account-settings.ts';
import type { Caller } from './api-key.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { type Db, prepared } from './store.ts';

/** An account at a channel in its newest version, without its settings. */
export interface ChannelAccount {
  readonly id: Id<'cha'>;
  readonly version: number;
  /** Null: the platform's, which all merchants share. */
  readonly merchant_id: string | null;
  readonly channel: string;
  readonly livemode: boolean;
  /** What it is narrowed to; null: all that the channel has. */
  readonly methods: readonly string[] | null;
  readonly currencies: readonly string[] | null;
  /** What its channel is expected to take; null: not known. */
  readonly fees: readonly Fee[] | null;
  readonly created_at: Date;
}

/** Whose accounts: a merchant's own and the shared ones, or the shared ones alone; live or test. */
export interface Scope {
  readonly merchant_id: string | null;
  readonly livemode: boolean;
}

const newest = `select distinct on (id) id, version, merchant_id, channel, livemode, methods, currencies, fees,
    min(created_at) over (partition by id) as created_at
  from channel_accounts`;

const accounts = prepared(
  'channel_accounts',
  `select * from (${newest} where (merchant_id = $1 or merchant_id is null) and livemode = $2 order by id, version desc) a
   order by merchant_id nulls last, created_at, id`,
);

/** The accounts that these payments may use: a merchant's own before shared ones, live with live, test with test. */
export async function accountsOf(
  db: Db,
  { merchant_id, livemode }: Scope,
): Promise<ChannelAccount[]> {
  const found = await db.query<ChannelAccount>(accounts(merchant_id, livemode));
  return found.rows;
}

/** One of those accounts, or null: another merchant's and one of the other mode do not exist for it. */
export async function findAccount(
  db: Db,
  { merchant_id, livemode }: Scope,
  id: string,
): Promise<ChannelAccount | null> {
  const found = await db.query<ChannelAccount>(
    `${newest} where id = $1 and (merchant_id = $2 or merchant_id is null) and livemode = $3 order by id, version desc`,
    [id, merchant_id, livemode],
  );
  return found.rows[0] ?? null;
}

/** The account with this id, whoever's it is; for operators. */
export async function accountOf(db: Db, id: string): Promise<ChannelAccount | null> {
  const found = await db.query<ChannelAccount>(
    `${newest} where id = $1 order by id, version desc`,
    [id],
  );
  return found.rows[0] ?? null;
}

/** One page of those accounts, newest first. */
export async function listAccounts(
  db: Db,
  caller: Caller,
  asked: PageRequest,
): Promise<Page<ChannelAccount>> {
  const from = `(select id, merchant_id, livemode, min(created_at) as created_at
    from channel_accounts group by id, merchant_id, livemode) t`;
  const scope: Condition[] = [
    ['(t.merchant_id = ? or t.merchant_id is null)', caller.merchant_id],
    ['t.livemode = ?', caller.livemode],
  ];
  const page = await readPage(db, { from, scope, filters: [] }, asked);
  if (page.kind === 'unknown_cursor') return page;
  const visible = await accountsOf(db, caller);
  const data = page.data.flatMap((id) => visible.filter((account) => account.id === id));
  return { ...page, data };
}

const settings = prepared(
  'account_settings',
  `select id, version, settings, sealed, key_id from channel_accounts
   where id = $1 and channel = $2 order by version desc limit 1`,
);

/** The newest settings of an account, for callbacks; null when there is none of this channel. */
export async function findSettings(
  db: Db,
  channel: string,
  id: string,
): Promise<KeptSettings | null> {
  const found = await db.query<KeptSettings>(settings(id, channel));
  return found.rows[0] ?? null;
}
