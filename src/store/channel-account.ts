import type { Id } from '../domain/id.ts';
import type { KeptSettings } from './account-settings.ts';
import type { Caller } from './api-key.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { type Db, prepared } from './store.ts';

export interface ChannelAccount {
  readonly id: Id<'cha'>;
  readonly version: number;
  readonly channel: string;
  readonly livemode: boolean;
}

const latest = `select distinct on (id) id, version, merchant_id, channel, livemode, created_at
  from channel_accounts order by id, version desc`;

const accounts = prepared(
  'channel_accounts',
  `select id, version, channel, livemode from (${latest}) a
   where (merchant_id = $1 or merchant_id is null) and livemode = $2
   order by merchant_id nulls last, created_at, id`,
);

/** The accounts that this caller's payments may use: its own before shared ones, live with live, test with test. */
export async function accountsOf(db: Db, caller: Caller): Promise<ChannelAccount[]> {
  const found = await db.query<ChannelAccount>(accounts(caller.merchant_id, caller.livemode));
  return found.rows;
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

const account = prepared(
  'channel_account',
  `select id, version, settings, sealed, key_id from channel_accounts
   where id = $1 and channel = $2 order by version desc limit 1`,
);

/** The newest settings of an account, for callbacks; null when there is none of this channel. */
export async function findAccount(
  db: Db,
  channel: string,
  id: string,
): Promise<KeptSettings | null> {
  const found = await db.query<KeptSettings>(account(id, channel));
  return found.rows[0] ?? null;
}
