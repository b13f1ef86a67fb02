import type { BillRow } from '../domain/bill.ts';
import type { FindingForPerson } from '../domain/bill-finding.ts';
import type { Id } from '../domain/id.ts';
import type { DueBill } from './bill.ts';
import { drawId } from './id.ts';
import { storable } from './storable.ts';
import { type Db, prepared } from './store.ts';

/** A row of a bill that is not what we have. */
export interface FoundRow {
  readonly finding: FindingForPerson;
  readonly row: BillRow;
  /** Ours, where the number is. */
  readonly payment_id: string | null;
}

/** One that nobody has seen to yet. */
export interface OpenFinding extends FoundRow {
  readonly id: Id<'fnd'>;
  readonly channel: string;
  readonly channel_account: string;
  readonly day: string;
  readonly found_at: Date;
}

const keep = prepared(
  'keep_bill_findings',
  `with found as (
     select n.* from jsonb_to_recordset($3) as n(id text, finding text, row jsonb, payment_id text)
   ), gone as (
     delete from bill_findings f where f.channel_account = $1 and f.day = $2 and f.settled_at is null
       and not exists (select 1 from found where found.row = f.row)
   )
   insert into bill_findings (id, channel_account, day, finding, row, payment_id)
   select id, $1, $2, finding, row, payment_id from found
   on conflict (channel_account, day, md5(row::text)) do update set finding = excluded.finding`,
);

/** What the newest look at a bill has found. What the one before found besides is none any more; what was settled stays so. */
export async function keepFindings(
  db: Db,
  { channel_account, day }: Pick<DueBill, 'channel_account' | 'day'>,
  found: readonly FoundRow[],
): Promise<void> {
  const unique = new Map(storable(found).map((one) => [JSON.stringify(one.row), one])); // one bill may say the same twice
  const rows = [...unique.values()].map((one) => ({ ...one, id: drawId('fnd') }));
  await db.query(keep(channel_account, day, JSON.stringify(rows)));
}

/** Of a bill that is still looked at a finding may yet be answered by the channel. */
const openOnes = `from bill_findings f join bills b using (channel_account, day)
  where f.settled_at is null and b.look_at is null`;

const channel =
  '(select c.channel from channel_accounts c where c.id = f.channel_account limit 1) as channel';

const list = prepared(
  'open_bill_findings',
  `select f.id, f.channel_account, f.day::text, f.finding, f.row, f.payment_id, f.found_at, ${channel}
   ${openOnes} order by f.id limit $1`,
);

/** Those that are work for a person, the oldest first. */
export async function openFindings(db: Db, limit: number): Promise<OpenFinding[]> {
  return (await db.query<OpenFinding>(list(limit))).rows;
}

/** How many there are of an account. */
export interface FindingCount {
  readonly channel: string;
  readonly channel_account: string;
  readonly finding: FindingForPerson;
  readonly count: number;
}

const count = prepared(
  'count_bill_findings',
  `select f.channel_account, f.finding, count(*)::int as count, ${channel} ${openOnes} group by f.channel_account, f.finding`,
);

/** Counts those that are work for a person. */
export async function countFindings(db: Db): Promise<FindingCount[]> {
  return (await db.query<FindingCount>(count())).rows;
}

const doubled = prepared(
  'keep_doubled_findings',
  `update bill_findings set finding = 'doubled' where id = any($1::text[]) and settled_at is null`,
);

/** Of these we have the same by now, and another row has told it. */
export async function keepDoubled(db: Db, ids: readonly string[]): Promise<void> {
  await db.query(doubled(ids));
}

const settle = prepared(
  'settle_bill_findings',
  `update bill_findings set settled_at = clock_now(), settled_reason = $2 where id = any($1::text[]) and settled_at is null`,
);

/**
 * Nobody needs to see to these any more.
 *
 * @param reason why, in the words of who saw to them
 * @returns how many of them were open
 */
export async function settleFindings(
  db: Db,
  ids: readonly string[],
  reason: string,
): Promise<number> {
  return (await db.query(settle(ids, storable(reason)))).rowCount ?? 0;
}
