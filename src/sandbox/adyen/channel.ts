import type { Channel } from '../channel.ts';
import { billFaults } from '../fault.ts';
import type { InFlight } from '../idempotency.ts';
import type { Transaction } from '../transaction.ts';
import { planEnd } from './authorisation.ts';
import { planCancel } from './cancel.ts';
import { planCapture } from './capture.ts';
import { adyenKeys } from './keys.ts';
import { act, planUnaskedPayment } from './payer.ts';
import { type AdyenOptions, paymentsOf } from './payment.ts';
import { planRefund } from './refund.ts';
import { adyenServer } from './server.ts';
import { planReports } from './settlement.ts';
import { channel } from './wording.ts';

/** Adyen's Checkout API for stored cards, with its notifications and reports, as `channels.md` section 5 has it. */
export function adyen(options: AdyenOptions): Channel {
  const inFlight: InFlight = new Set();
  return {
    keys: adyenKeys,
    rotates: 'at_once',
    calls: ['create', 'close', 'capture', 'void', 'refund', 'bill'],
    plays: ['capture_bounce', ...billFaults],
    never: {
      stale_timestamp: 'its signature says nothing of the time',
      bad_hash: 'nothing says what its reports hash to',
      insufficient_merchant_balance:
        'what is refunded goes against the next payout, however little that is',
    },
    server: () => adyenServer(options, inFlight),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => {
      const own = [...options.books.transactions.values()].filter((one) => one.channel === channel);
      for (const transaction of own) resume(options, transaction);
      const since = own.flatMap(paymentsOf).map(({ created_at }) => created_at);
      if (since.length > 0) planReports(options, Math.min(...since));
    },
  };
}

/** Plans again what an earlier run still had to end. */
function resume(options: AdyenOptions, transaction: Transaction): void {
  for (const payment of paymentsOf(transaction)) {
    planEnd(options, payment);
    planUnaskedPayment(options, payment);
    for (const capture of payment.captures) planCapture(options, payment, capture);
    for (const cancel of payment.cancels) planCancel(options, payment, cancel);
  }
  for (const refund of transaction.refunds) planRefund(options, refund);
}
