import type { BillFacts } from '../channels/bill.ts';
import type { Channel } from '../channels/channel.ts';
import type { BillAnswer, BillFlow, BillRow } from '../domain/bill.ts';
import type { Finding, Known } from '../domain/bill-finding.ts';
import { findingsOf } from '../domain/bill-finding.ts';
import { knownUnder, reportsOf } from '../store/bill.ts';
import type { FoundRow } from '../store/bill-finding.ts';
import { keepMovements, type Movement } from '../store/bill-movement.ts';
import type { Db, Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { createUnfencedCalls, type UnfencedCalls } from './unfenced-call.ts';

/** A file of 100,000 rows, some 5 MB, takes longer than an answer. */
const patienceMs = 30_000;

/** Which bill. */
export interface Billed {
  readonly channel: Channel;
  readonly channel_account: string;
  readonly day: string;
}

/** A bill, and what of it is known. */
export interface Looked {
  readonly answer: BillAnswer;
  /** Of a bill; null where there is none. */
  readonly counts: Readonly<Record<Finding, number>> | null;
  readonly found: readonly FoundRow[];
}

/** The bills of channels, and what of them is known here. */
export interface Bills {
  /** Fetches one. Throws where the channel has no such bill, or there is no such account. */
  readonly fetch: (billed: Billed, flow?: BillFlow) => Promise<BillAnswer>;
  /** Fetches the one in which payments stand by our numbers, and compares it with what we know. */
  readonly look: (billed: Billed) => Promise<Looked>;
}

/** The bills behind a store. */
export function createBills(store: Store): Bills {
  const calls = createUnfencedCalls(store, Math.max(patienceMs, store.timing.channel_timeout_ms));
  return {
    fetch: (billed, flow) => fetchBill(store, calls, billed, flow),
    async look(billed) {
      const answer = await fetchBill(store, calls, billed);
      return answer.kind === 'bill'
        ? { answer, ...(await compared(store, billed, answer.rows)) }
        : { answer, counts: null, found: [] };
    },
  };
}

async function fetchBill(
  { pool }: Store,
  calls: UnfencedCalls,
  { channel, channel_account, day }: Billed,
  flow?: BillFlow,
): Promise<BillAnswer> {
  const facts = factsOf(channel);
  if (flow !== undefined && !facts.flows.includes(flow))
    throw new Error(`${channel.slug} has no ${flow} bill; it has: ${facts.flows.join(', ')}`);
  const call = await calls(
    channel,
    { channel: channel.slug, channel_account },
    ({ result, took_ms }) => {
      logger.info({ channel: channel.slug, channel_account, day, result, took_ms }, 'asked for a bill'); // prettier-ignore
      return Promise.resolve();
    },
  );
  const reports = await reportsOf(pool, channel_account, day, facts.zone);
  return verbOf(channel)(call, { day, flow: flow ?? facts.flows[0], reports });
}

/** Throws where the channel has no bills. */
export function factsOf({ slug, facts }: Channel): BillFacts {
  if (!facts.bill) throw new Error(`${slug} has no bills`);
  return facts.bill;
}

function verbOf({ slug, bill }: Channel): NonNullable<Channel['bill']> {
  if (!bill) throw new Error(`bug: ${slug} says that it has bills, and reads none`);
  return bill;
}

/** So many numbers are looked up at once. */
const pageSize = 1_000;

/** What these rows are to us, under an account's numbers; by which number of the channel's they tell it is kept. */
export async function compared(
  { pool }: Store,
  { channel_account }: Pick<Billed, 'channel_account'>,
  rows: readonly BillRow[],
): Promise<Pick<Looked, 'found'> & { readonly counts: Record<Finding, number> }> {
  const counts = { known: 0, unheard: 0, doubled: 0, differs: 0, foreign: 0, beside: 0 };
  const findings = new Map<BillRow, FoundAs>();
  const numbers = [...byNumber(rows)];
  for (let from = 0; from < numbers.length; from += pageSize)
    for (const [row, found] of await comparedPage(pool, channel_account, numbers.slice(from, from + pageSize)))
      findings.set(row, found);
  const found: FoundRow[] = [];
  for (const row of rows) {
    const { finding, ours } = findings.get(row) ?? { finding: 'foreign' };
    counts[finding] += 1;
    found.push(...foundOf(finding, row, ours));
  }
  return { counts, found };
} // prettier-ignore

function byNumber(rows: readonly BillRow[]): Map<string, BillRow[]> {
  const numbers = new Map<string, BillRow[]>();
  for (const row of rows) {
    const number = row.reference ?? '';
    const same = numbers.get(number);
    if (same) same.push(row);
    else numbers.set(number, [row]);
  }
  return numbers;
}

interface FoundAs {
  readonly finding: Finding;
  readonly ours?: Known | undefined;
}

/** Looks again when another worker, with the bill of another day, has kept meanwhile what told the same. */
async function comparedPage(
  db: Db,
  channelAccount: string,
  page: readonly (readonly [reference: string, rows: readonly BillRow[]])[],
  triesLeft = 3,
): Promise<readonly (readonly [BillRow, FoundAs])[]> {
  const known = await knownUnder(db, channelAccount, page.map(([reference]) => reference));
  const movements: Movement[] = [];
  const findings = page.flatMap(([reference, rows]) => {
    const ours = known.get(reference);
    return findingsOf(rows, ours).map(({ row, finding, told }) => {
      if (told) movements.push({ reference, ...told });
      return [row, { finding, ours }] as const;
    });
  });
  const kept = await keepMovements(db, channelAccount, movements);
  if (kept === movements.length || triesLeft === 0) return findings;
  return comparedPage(db, channelAccount, page, triesLeft - 1);
} // prettier-ignore

function foundOf(finding: Finding, row: BillRow, ours: Known | undefined): FoundRow[] {
  if (finding === 'known' || finding === 'beside') return [];
  return [{ finding, row, payment_id: ours?.payment_id ?? null }];
}
