import type { Channel } from '../channel.ts';
import type { InFlight } from '../idempotency.ts';
import { planDeath } from './approval.ts';
import { planSettlement } from './capture.ts';
import { planDeadline } from './dispute.ts';
import { planExpiry } from './hold.ts';
import { paypalKeys } from './keys.ts';
import { nextWebhookKeys } from './next-certificate.ts';
import { type Order, ordersOf, type PaypalOptions } from './order.ts';
import { act, planUncaptured } from './payer.ts';
import { plan } from './refund.ts';
import { planReversal } from './reversal.ts';
import { paypalServer } from './server.ts';
import { channel } from './wording.ts';

/** PayPal with Orders v2 and Payments v2, as `channels.md` section 4 has it. */
export function paypal(options: PaypalOptions): Channel {
  const inFlight: InFlight = new Set();
  return {
    keys: { ...paypalKeys, ...nextWebhookKeys },
    rotates: 'at_once',
    calls: ['create', 'query', 'capture', 'void', 'refund', 'query_refund', 'bill'],
    plays: [
      'capture_bounce',
      'insufficient_merchant_balance',
      'missing_row',
      'extra_row',
      'amount_drift',
      'fee_drift',
      'next_day_row',
      'late_file',
    ],
    never: {
      pay_during_close:
        'nobody closes an order: it lapses, and takes no money unless it is captured',
    },
    declines: { declined: 'INSTRUMENT_DECLINED', insufficient_funds: 'INSTRUMENT_DECLINED' },
    server: () => paypalServer(options, inFlight),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => resume(options),
  };
}

/** Plans again what an earlier run still had to end: orders, holds, pending captures and refunds. */
function resume(options: PaypalOptions): void {
  for (const transaction of options.books.transactions.values()) {
    if (transaction.channel !== channel) continue;
    for (const order of ordersOf(transaction)) resumeOrder(options, order);
    for (const refund of transaction.refunds)
      if (refund.state === 'processing') plan(options, refund);
    for (const dispute of transaction.disputes ?? []) planDeadline(options, dispute);
  }
}

function resumeOrder(options: PaypalOptions, order: Order): void {
  if (order.status !== 'COMPLETED' && !order.is_dead) planDeath(options, order);
  planUncaptured(options, order);
  if (order.authorization?.ended === null) planExpiry(options, order);
  for (const capture of order.captures) {
    planSettlement(options, capture);
    planReversal(options, capture);
  }
}
