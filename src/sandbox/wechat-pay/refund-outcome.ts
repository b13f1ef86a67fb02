import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { RefundEntry, Transaction } from '../transaction.ts';
import { notifyRefund } from './notice.ts';
import { ownOf, type Refund, wireRefund } from './refund-wire.ts';
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
    const fails = found.refund.bounces || ownOf(found.refund).to === 'merchant';
    options.books.atomically(() => settle(options, found, fails ? 'failed' : 'succeeded'));
  });
}

/**
 * A refund turns out to be delivered, or not to reach the payer; the merchant is called back.
 *
 * @returns the order after it
 */
export function settle(
  options: ChannelOptions,
  { transaction, refund }: Refund,
  state: 'succeeded' | 'failed',
): Transaction {
  const settled = { ...refund, state, settles_at: clock.now() };
  const after = withRefund(transaction, settled);
  options.books.save(after);
  notifyRefund(options, after, settled, wireRefund(after, settled));
  return after;
}

/** The order with this refund as it is now. */
export function withRefund(transaction: Transaction, now: RefundEntry): Transaction {
  const refunds = transaction.refunds.map((one) => (one.reference === now.reference ? now : one));
  return { ...transaction, refunds };
}
