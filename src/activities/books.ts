import type { Books, OrderBooked, RefundBooked } from '../channels/books.ts';
import type { Verb } from '../domain/operation.ts';
import type { NeverSent, Unknown } from '../domain/outcome.ts';
import { faultPoint } from '../fault-point.ts';
import { takeFence } from '../store/operation.ts';
import { type Db, isAway, type Store } from '../store/store.ts';
import { captureOrder, findOrder, findRefund, openOrder, refundOrder, releaseOrder, takeOrder } from '../store/wallet-order.ts'; // prettier-ignore
import { logger } from '../telemetry.ts';
import type { Sent } from './exchange.ts';
import { within } from './patience.ts';

/** The operation that moves something, and who is told what was said. */
export interface Bookkeeping {
  readonly operation: string;
  readonly verb: Verb;
  readonly timeout_ms: number;
  readonly log: (sent: Sent) => Promise<void>;
}

type Ended = NeverSent | Unknown;
type Said = { readonly kind: string };

/**
 * The books of wallets behind the send fence. A movement takes the fence in its own transaction: `sent_at` stands in the
 * operation exactly when the money moved, so that a worker that dies in between has done both or nothing.
 */
export function booksBehind(store: Store, keeping: Bookkeeping): Books {
  const move = <T extends Said>(what: string, work: (db: Db) => Promise<T>) =>
    logged(keeping, what, () => moved(store, keeping, work));
  const ask = <T extends Said>(what: string, work: (db: Db) => Promise<T>) =>
    logged(keeping, what, () => asked(keeping, () => work(store.pool)));
  return {
    open: (reference) => move<OrderBooked>(`open ${reference}`, (db) => openOrder(db, reference)),
    take: (reference, capture) =>
      move<OrderBooked>(`take ${reference}, ${capture}`, (db) => takeOrder(db, reference, capture)),
    capture: (reference, part) =>
      move<OrderBooked>(`capture ${part.amount} of ${reference}`, (db) => captureOrder(db, reference, part)),
    release: (reference) =>
      move<OrderBooked>(`release ${reference}`, (db) => releaseOrder(db, reference)),
    refund: (reference, refundReference, amount) =>
      move<RefundBooked>(`refund ${amount} of ${reference}`, async (db) => {
        const refund = await refundOrder(db, reference, refundReference, amount);
        return refund ? { kind: 'refunded', ...refund } : { kind: 'refused', why: 'wrong_state' };
      }),
    find: (reference) =>
      ask<OrderBooked | { readonly kind: 'not_found' }>(`find ${reference}`, async (db) => {
        const order = await findOrder(db, reference);
        return order ? { kind: 'booked', order } : { kind: 'not_found' };
      }),
    findRefund: (reference, refundReference) =>
      ask<RefundBooked>(`find ${refundReference}`, async (db) => {
        const refund = await findRefund(db, reference, refundReference);
        return refund ? { kind: 'refunded', ...refund } : { kind: 'not_found' };
      }),
  };
} // prettier-ignore

/** One transaction: fence, locks, movement. What failed before the commit did nothing; of a commit nobody knows. */
async function moved<T>(
  store: Store,
  { operation, verb, timeout_ms }: Bookkeeping,
  work: (db: Db) => Promise<T>,
): Promise<T | Ended> {
  faultPoint(`fence.${verb}.before`);
  const transaction = store.transaction(async (db): Promise<T | Ended> => {
    await db.query(`set local lock_timeout = '3s'`); // many may pay out of one wallet; who waits longer tries again
    const fence = await takeFence(db, operation);
    if (fence === 'closed') return { kind: 'never_sent', detail: 'the send fence is closed' };
    if (fence === 'sent') return { kind: 'unknown', detail: 'another sender has sent this operation' };
    faultPoint(`call.${verb}.before`);
    return work(db);
  });
  try {
    const ended = await within(timeout_ms, transaction);
    faultPoint(`call.${verb}.after`);
    return ended;
  } catch (error) {
    const { code, message: detail } = error as { code?: string; message: string };
    const isUndone = code !== undefined && !isAway(error); // PostgreSQL said no, and has rolled it back
    if (code !== lockNotAvailable) logger.error({ err: error, operation_id: operation }, 'a wallet was not moved');
    return { kind: isUndone ? 'never_sent' : 'unknown', detail };
  }
} // prettier-ignore

const lockNotAvailable = '55P03';

async function asked<T>({ timeout_ms }: Bookkeeping, work: () => Promise<T>): Promise<T | Unknown> {
  try {
    return await within(timeout_ms, work());
  } catch (error) {
    return { kind: 'unknown', detail: (error as Error).message };
  }
}

/** What is said to the books stands on the payment's timeline like what is said to any channel. */
async function logged<T extends Said>(
  { log }: Bookkeeping,
  request: string,
  speak: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const ended = await speak();
  const took_ms = Math.round(performance.now() - began);
  const sent = { request, response: JSON.stringify(ended), result: ended.kind, took_ms };
  await log(sent).catch((error: unknown) => {
    logger.error({ err: error, request }, 'an exchange with the books was not logged');
  });
  return ended;
}
