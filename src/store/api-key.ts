import type { Id } from '../domain/id.ts';
import type { LateMoney } from '../domain/payment.ts';
import { hashKey } from './seed.ts';
import { type Db, prepared } from './store.ts';

/** Who calls: an app of a merchant, by a test or a live key. */
export interface Caller {
  readonly key_id: Id<'key'>;
  readonly app_id: Id<'app'>;
  readonly merchant_id: Id<'mer'>;
  readonly livemode: boolean;
  readonly late_money: LateMoney;
}

const caller = prepared(
  'caller',
  `select k.id as key_id, a.id as app_id, a.merchant_id, k.livemode, a.late_money
   from api_keys k join apps a on a.id = k.app_id where k.hash = $1 and k.revoked_at is null`,
);

/** The caller with this key, or null for one that is unknown or revoked. */
export async function findCaller(db: Db, apiKey: string): Promise<Caller | null> {
  const found = await db.query<Caller>(caller(hashKey(apiKey)));
  return found.rows[0] ?? null;
}
