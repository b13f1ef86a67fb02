import type { Released } from '../domain/release.ts';
import type { Span } from './arm.ts';
import type { Db } from './store.ts';

/** So many payments are compared at most, the newest: a second of one core. */
const comparedMost = 50_000;

/** The app's payments of the time in which a version of its rules was in force, within a span. Top-ups are not among them. */
export async function readReleased(
  db: Db,
  { app_id, livemode, after, before }: Span,
  version: number,
): Promise<Released[]> {
  const found = await db.query<Released>(
    `with times as (
       select r.effective_at as begins, (select min(n.effective_at) from rule_sets n
         where n.app_id = r.app_id and n.livemode = r.livemode and n.version > r.version) as ends
       from rule_sets r where r.app_id = $1 and r.livemode = $2 and r.version = $3
     )
     select p.order_no, p.currency, p.amount, p.customer->>'id' as customer, p.customer->>'country' as country,
       case when p.status in ('succeeded', 'requires_capture', 'partially_captured') then 'paid'
         when p.status in ('canceled', 'failed') then 'unpaid' else 'open' end as "end"
     from payments p join times t on p.created_at >= t.begins and (t.ends is null or p.created_at < t.ends)
     where p.app_id = $1 and p.livemode = $2 and p.wallet_id is null
       and ($4::timestamptz is null or p.created_at > $4) and ($5::timestamptz is null or p.created_at < $5)
     order by p.created_at desc, p.id desc limit ${comparedMost}`,
    [app_id, livemode, version, after, before],
  );
  return found.rows;
}
