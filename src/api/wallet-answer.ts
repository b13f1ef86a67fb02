import { z } from 'zod';

import { refundStates } from '../domain/outcome.ts';
import { paymentStatuses } from '../domain/payment.ts';
import { walletEntryTypes } from '../domain/wallet.ts';
import { failure, id, minor, nextAction, text } from './answer-schema.ts';
import { currency, time } from './field.ts';

/** What a customer has with a merchant, in one currency (decision 0032). */
export const wallet = z
  .strictObject({
    id: id('wal'),
    object: z.literal('wallet'),
    customer: id('cus'),
    currency,
    balance: minor,
    held: minor.openapi({ description: 'Of the balance, what is promised to somebody already' }),
    available: minor,
    livemode: z.boolean(),
    created_at: time,
    updated_at: time,
  })
  .openapi('Wallet');

export const walletEntry = z
  .strictObject({
    id: id('ltx'),
    object: z.literal('wallet_entry'),
    wallet: id('wal'),
    type: z.enum(walletEntryTypes),
    direction: z.enum(['credit', 'debit']),
    amount: minor,
    currency,
    balance_after: minor,
    payment_id: id('pay').nullable().openapi({ description: 'Null where a gift code brought it' }),
    gift_code_id: id('gft').nullable(),
    created_at: time,
  })
  .openapi('WalletEntry');

/** Money into a wallet; the payment behind it says the rest. */
export const topUp = z
  .strictObject({
    id: id('top'),
    object: z.literal('top_up'),
    customer: id('cus'),
    wallet: id('wal'),
    amount: minor,
    currency,
    status: z.enum(paymentStatuses),
    amount_credited: minor,
    amount_refunded: minor,
    next_action: nextAction.nullable(),
    failure: failure.nullable(),
    payment_id: id('pay'),
    description: text,
    metadata: z.record(z.string(), z.string()),
    created_at: time,
    updated_at: time,
    livemode: z.boolean(),
  })
  .openapi('TopUp');

/** Money of a wallet on its way back to where it came from (decision 0038). */
export const withdrawal = z
  .strictObject({
    id: id('po'),
    object: z.literal('withdrawal'),
    customer: id('cus'),
    wallet: id('wal'),
    amount: minor,
    currency,
    status: z.enum(refundStates).openapi({ description: 'As its refunds stand; `failed`: not all of it went back' }),
    amount_returned: minor,
    refunds: z.array(id('ref')).openapi({ description: 'Of the top-ups that it goes back by' }),
    livemode: z.boolean(),
    created_at: time,
    updated_at: time,
  })
  .openapi('Withdrawal'); // prettier-ignore

/** That he has one; what it is nobody is told. */
export const walletPin = z
  .strictObject({ object: z.literal('wallet_pin'), customer: id('cus') })
  .openapi('WalletPin');

/** The only answer with the code, also to a repeat under its key. */
export const walletPinReset = z
  .strictObject({
    object: z.literal('wallet_pin_reset'),
    customer: id('cus'),
    code: z.string(),
    expires_at: time,
  })
  .openapi('WalletPinReset');
