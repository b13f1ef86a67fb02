import { storable } from './storable.ts';
import { type Db, prepared } from './store.ts';

const insert = prepared(
  'report',
  'insert into reports (channel_account, name) values ($1, $2) on conflict do nothing',
);

/** A file of this name came out, which tells of this account. Said again it is the same. */
export async function insertReport(db: Db, channelAccount: string, name: string): Promise<void> {
  await db.query(insert(channelAccount, storable(name)));
}
