import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import { type RefundEntry, type Transaction, withRefund } from '../transaction.ts';
import { notifyRefund } from './notice.ts';
import type { Refund } from './refund-wire.ts';
import { channel } from './wording.ts';

/** Plans the refunds again that an earlier run still had to settle. */
export function resumeRefunds(options: ChannelOptions): void {
  for (const { channel: of, refunds } of options.books.transactions.values())
    if (of === channel)
      for (const refund of refunds) if (refund.state === 'processing') plan(options, refund);
}

/** The refund comes to its end when its time is there. */
export function plan(options: ChannelOptions, { reference, settles_at }: RefundEntry): void {
  options.agenda.at(`${channel} refund ${reference}`, settles_at, () => {
    const found = options.books.findRefund(channel, reference);
    if (!found) return;
    const state = found.refund.bounces ? 'failed' : 'succeeded';
    options.books.atomically(() => settle(options, found, state));
  });
}

/**
 * A refund turns out to be done, which is told, or not to reach the payer, which only a query says.
 *
 * @returns the order after it
 */
export function settle(
  options: ChannelOptions,
  { transaction, refund }: Refund,
  state: 'succeeded' | 'failed',
): Transaction {
  const settled: RefundEntry = { ...refund, state, settles_at: clock.now() };
  const after = withRefund(transaction, settled);
  options.books.save(after);
  if (state === 'succeeded') notifyRefund(options, after, settled);
  return after;
}
