import type { Id } from '../domain/id.ts';
import type { Caller } from './api-key.ts';
import type { Db } from './store.ts';

export interface ChannelAccount {
  readonly id: Id<'cha'>;
  readonly version: number;
  readonly channel: string;
  readonly livemode: boolean;
  readonly settings: unknown;
}

const latest = `select distinct on (id) id, version, merchant_id, channel, livemode, settings, created_at
  from channel_accounts order by id, version desc`;

/** The accounts that this caller's payments may use: its own before shared ones, live with live, test with test. */
export async function accountsOf(db: Db, caller: Caller): Promise<ChannelAccount[]> {
  const found = await db.query<ChannelAccount>(
    `select id, version, channel, livemode, settings from (${latest}) a
     where (merchant_id = $1 or merchant_id is null) and livemode = $2
     order by merchant_id nulls last, created_at, id`,
    [caller.merchant_id, caller.livemode],
  );
  return found.rows;
}

/** An account by its id, for callbacks; null when there is none of this channel. */
export async function findAccount(
  db: Db,
  channel: string,
  id: string,
): Promise<ChannelAccount | null> {
  const found = await db.query<ChannelAccount>(
    `select id, version, channel, livemode, settings from (${latest}) a where id = $1 and channel = $2`,
    [id, channel],
  );
  return found.rows[0] ?? null;
}
