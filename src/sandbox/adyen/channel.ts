import type { Channel } from '../channel.ts';
import { billFaults } from '../fault.ts';
import type { InFlight } from '../idempotency.ts';
import type { Transaction } from '../transaction.ts';
import { planEnd } from './authorisation.ts';
import { planCancel } from './cancel.ts';
import { planCapture } from './capture.ts';
import { adyenKeys } from './keys.ts';
import { act } from './payer.ts';
import { type AdyenOptions, paymentsOf } from './payment.ts';
import { type OwnRefund, planRefund } from './refund.ts';
import { adyenServer } from './server.ts';
import { planReport } from './settlement.ts';
import { channel } from './wording.ts';

/** Adyen's Checkout API for stored cards, with its notifications and reports, as `channels.md` section 5 has it. */
export function adyen(options: AdyenOptions): Channel {
  const inFlight: InFlight = new Set();
  return {
    keys: adyenKeys,
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
      for (const transaction of options.books.transactions.values())
        if (transaction.channel === channel) resume(options, transaction);
    },
  };
}

/** Plans again what an earlier run still had to end, and to report. */
function resume(options: AdyenOptions, transaction: Transaction): void {
  for (const payment of paymentsOf(transaction)) {
    planReport(options, payment.created_at);
    planEnd(options, payment);
    for (const capture of payment.captures) {
      planReports(options, [capture.captured_at, capture.failed_at]);
      planCapture(options, payment, capture);
    }
    for (const cancel of payment.cancels) planCancel(options, payment, cancel);
  }
  for (const refund of transaction.refunds) {
    const { settled_at, returned_at } = refund.own as OwnRefund;
    planReports(options, [settled_at, returned_at]);
    planRefund(options, refund);
  }
}

function planReports(options: AdyenOptions, times: readonly (number | null)[]): void {
  for (const time of times) if (time !== null) planReport(options, time);
}
