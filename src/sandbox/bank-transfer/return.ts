import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { RefundEntry, Transaction } from '../transaction.ts';
import { tellReturn } from './event.ts';
import { freshId } from './identifier.ts';
import { minorOf } from './money.ts';
import type { ReturnRequest } from './parameters.ts';
import { type Return, returnOf } from './return-wire.ts';
import { channel } from './wording.ts';

/** What returns of one currency have taken, or are about to take, in minor units. */
export function returnedIn({ refunds }: Transaction, currency: string): number {
  const living = refunds.filter((entry) => {
    const { asked, status } = returnOf(entry);
    return asked.currency === currency && (status === 'pending' || status === 'booked');
  });
  return living.reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * Takes on a return that may be made. It is pending at first.
 *
 * @param bounces it will be booked and come back
 */
export function accept(
  options: ChannelOptions,
  transaction: Transaction,
  number: string,
  { asked, bounces }: { readonly asked: ReturnRequest; readonly bounces: boolean },
): RefundEntry {
  const now = clock.now();
  const own: Return = {
    asked, status: 'pending', reason_code: null, booked_at: null, bounced_at: null,
  }; // prettier-ignore
  const entry: RefundEntry = {
    reference: number,
    refund_id: freshId('RT'),
    transaction_id: asked.credit,
    amount: minorOf(asked),
    ...(asked.currency === transaction.currency ? {} : { currency: asked.currency }),
    created_at: new Date(now).toISOString(),
    settles_at: now + options.refundMs,
    bounces,
    state: 'processing',
    own,
  };
  options.books.save({ ...transaction, refunds: [...transaction.refunds, entry] });
  planNext(options, entry);
  return entry;
}

/** What becomes of a return by itself: it is booked, and one that bounces does so as long after. */
export function planNext(options: ChannelOptions, entry: RefundEntry): void {
  const { agenda, books, refundMs } = options;
  const { refund_id, settles_at, bounces } = entry;
  const { status } = returnOf(entry);
  const found = () => books.findRefund(channel, refund_id)?.refund;
  const plan = (time: number, act: (entry: RefundEntry) => void) =>
    agenda.at(`${channel} return ${refund_id}`, time, () => {
      const latest = found();
      if (latest && returnOf(latest).status === status) books.atomically(() => act(latest));
    });
  if (status === 'pending') plan(settles_at, (latest) => planNext(options, book(options, latest)));
  if (status === 'booked' && bounces)
    plan(settles_at + refundMs, (latest) => bounce(options, latest, 'AC04'));
}

function book(options: ChannelOptions, entry: RefundEntry): RefundEntry {
  const after = changed(options, entry, 'succeeded', { status: 'booked', booked_at: clock.now() });
  tellReturn(options, 'return.booked', after);
  return after;
}

/** The payer's bank sent it back: the customer has the money again. */
export function bounce(
  options: ChannelOptions,
  entry: RefundEntry,
  reason_code: Return['reason_code'],
): void {
  const said = { status: 'bounced', reason_code, bounced_at: clock.now() } as const;
  tellReturn(options, 'return.bounced', changed(options, entry, 'failed', said));
}

/** It never left. */
export function reject(
  options: ChannelOptions,
  entry: RefundEntry,
  reason_code: Return['reason_code'],
): void {
  const after = changed(options, entry, 'failed', { status: 'rejected', reason_code });
  tellReturn(options, 'return.rejected', after);
}

function changed(
  { books }: ChannelOptions,
  entry: RefundEntry,
  state: RefundEntry['state'],
  own: Partial<Return>,
): RefundEntry {
  const after = { ...entry, state, own: { ...returnOf(entry), ...own } };
  const found = books.findRefund(channel, entry.refund_id);
  if (!found) throw new Error(`${entry.refund_id} is gone`);
  const refunds = found.transaction.refunds.map((one) =>
    one.refund_id === entry.refund_id ? after : one,
  );
  books.save({ ...found.transaction, refunds });
  return after;
}
