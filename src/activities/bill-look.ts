import type { Channel } from '../channels/channel.ts';
import { isToBeAsked } from '../domain/bill-finding.ts';
import { type DueBill, endLook, keepLease, leaseBill, planBills } from '../store/bill.ts';
import type { FoundRow } from '../store/bill-finding.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { createBills, type Looked } from './bill.ts';
import { closeKnown, keep } from './bill-finding.ts';

interface LookDependencies {
  readonly store: Store;
  readonly channels: readonly Channel[];
  /** Has the payment's actor ask its channel. Rejects when it could not be told. */
  readonly ask: (paymentId: string) => Promise<void>;
}

/**
 * The daily look at the channels' bills, one for each account and day (decision 0042). A bill moves no money: what it says was
 * paid under a number of ours, and we have not heard of, has the payment's actor ask the channel, whose answer counts.
 *
 * @returns looks at all bills that are due, and begins no other once it is stopped
 */
export function createBillLook({ store, channels, ask }: LookDependencies): (stopped: AbortSignal) => Promise<void> {
  const bills = createBills(store);
  const read = channels.filter(({ bill }) => bill !== undefined).map(({ slug }) => slug);
  const look = async (due: DueBill): Promise<void> => {
    const channel = channels.find(({ slug }) => slug === due.channel);
    if (!channel) throw new Error(`bug: leased a bill of ${due.channel}, which is not read here`);
    const looked = await bills.look({ ...due, channel });
    const { unheard } = tell(due, looked);
    const asked = await askAll(unheard, ask, () => keepLease(store.pool, due));
    const { answer, counts: findings } = looked;
    const detail = 'detail' in answer ? answer.detail : null;
    const again_ms = againMs(due, looked, asked);
    const is_asked = asked.told.length > 0;
    await keep(store, due, looked);
    await endLook(store.pool, due, { outcome: answer.kind, detail, findings, again_ms, is_asked });
  };
  return async (stopped) => {
    await closeKnown(store);
    for (const { slug, facts } of channels)
      if (facts.bill) await planBills(store.pool, slug, facts.bill);
    while (!stopped.aborted) {
      const due = await leaseBill(store.pool, read);
      if (!due) return;
      await look(due).catch((error: unknown) => {
        logger.error({ ...due, err: error }, 'a bill could not be looked at; again when its lease is over');
      });
    }
  };
} // prettier-ignore

const hourMs = 3_600_000;

/** After a look that left something unheard of: its payment's question has been answered by then, or is asked once more. */
const unheardMs = [hourMs, 6 * hourMs, 17 * hourMs] as const;

/** A bill that does not come within two days is not waited for. */
const looksMax = 96;

/**
 * When to look again. That nothing moved is believed when it was said twice, one time after the other: Alipay says it also of a
 * bill that it has not begun (channels.md 2.6). Looks that found no bill, or nobody to tell, are none of those that asked.
 */
function againMs(due: DueBill, { answer, counts }: Looked, asked: Asked): number | null {
  switch (answer.kind) {
    case 'bill':
      if (!counts || counts.unheard + counts.doubled === 0) return null;
      return isHeardByNobody(asked) ? soonMs(due) : (unheardMs[due.asked] ?? null);
    case 'no_bill':
      return due.outcome === 'no_bill' || due.looks >= looksMax ? null : hourMs;
    case 'refused':
      return null;
    default:
      return soonMs(due);
  }
}

function soonMs({ looks }: DueBill): number | null {
  return looks < looksMax ? hourMs / 2 : null;
}

/** Then Temporal is away, and it is as if nobody had looked. */
function isHeardByNobody({ told, untold }: Asked): boolean {
  return told.length === 0 && untold.length > 0;
}

/** So many of a bill's rows are told one by one; a shared account may have thousands that are somebody else's. */
const toldMax = 20;

/** Logs what a bill has that we do not, and gives back what is unheard of. */
function tell(due: DueBill, { answer, counts, found }: Looked): { readonly unheard: FoundRow[] } {
  const about = { channel: due.channel, channel_account: due.channel_account, day: due.day };
  if (answer.kind === 'bill') logger.info({ ...about, ...counts }, 'a bill was looked at');
  else logger.info({ ...about, looks: due.looks, answer }, 'there is no bill to look at');
  for (const { finding, row, payment_id } of found.slice(0, toldMax))
    logger.warn({ ...about, finding, payment_id, row }, 'a row of a bill is not what we have');
  return { unheard: found.filter(({ finding }) => isToBeAsked(finding)) };
}

/** So many are asked about in less than half of a lease, each within 10 s. */
const askedPerLease = 25;

/** Payments that were told to ask their channel, and those that could not be told. */
interface Asked {
  readonly told: readonly string[];
  readonly untold: readonly string[];
}

/**
 * One after the other: after a restored database it may be thousands, and payers are waiting for the same channel. One that
 * cannot be told (set aside, or with a history that is too long) keeps nobody after it from being asked about.
 *
 * @param goOn hears that it takes longer, before anybody else begins the same
 */
export async function askAll(
  unheard: readonly FoundRow[],
  ask: (paymentId: string) => Promise<void>,
  goOn: () => Promise<void> = () => Promise.resolve(),
): Promise<Asked> {
  const ids = new Set(unheard.flatMap(({ payment_id }) => payment_id ?? []));
  const [told, untold]: [string[], string[]] = [[], []];
  for (const [nth, id] of [...ids].entries()) {
    if (nth > 0 && nth % askedPerLease === 0) await goOn();
    const isTold = await ask(id).then(
      () => true,
      (error: unknown) => {
        logger.error({ payment_id: id, err: error }, 'a payment that is unheard of on a bill could not be told to ask its channel');
        return false;
      },
    );
    (isTold ? told : untold).push(id);
  }
  return { told, untold };
} // prettier-ignore
