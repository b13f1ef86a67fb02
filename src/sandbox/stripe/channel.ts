import type { Channel } from '../channel.ts';
import type { InFlight } from '../idempotency.ts';
import { resumeDisputes } from './dispute.ts';
import type { StripeOptions } from './intent.ts';
import { stripeKeys } from './keys.ts';
import { act } from './payer.ts';
import { resumePayments } from './payment.ts';
import { resumePayouts } from './payout.ts';
import { resumeRefunds } from './refund.ts';
import { stripeServer } from './server.ts';

/** Stripe with card PaymentIntents, as `channels.md` section 3 has it. */
export function stripe(options: StripeOptions): Channel {
  const inFlight: InFlight = new Set();
  return {
    keys: stripeKeys,
    rotates: 'with_both',
    calls: [
      'create',
      'query',
      'close',
      'capture',
      'increment',
      'void',
      'refund',
      'query_refund',
      'bill',
    ],
    plays: ['missing_row', 'extra_row', 'amount_drift', 'fee_drift', 'next_day_row'],
    never: {
      insufficient_merchant_balance:
        'it takes a refund all the same, and sends it when the balance covers it',
    },
    declines: { declined: 'generic_decline', insufficient_funds: 'insufficient_funds' },
    server: () => stripeServer(options, inFlight),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => {
      resumePayments(options);
      resumeRefunds(options);
      resumeDisputes(options);
      resumePayouts(options);
    },
  };
}
