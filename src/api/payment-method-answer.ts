import { z } from 'zod';

import { shownMethodStatuses } from '../domain/payment-method.ts';
import { failure, id, nextAction, text } from './answer-schema.ts';
import { time } from './field.ts';

/** Contract section 1 (`pm_`), decisions 0034 and 0043. */
export const paymentMethod = z
  .strictObject({
    id: id('pm'),
    object: z.literal('payment_method'),
    customer: id('cus'),
    type: z.string(),
    status: z.enum(shownMethodStatuses),
    card: z
      .strictObject({
        brand: z.string(),
        last4: z.string(),
        exp_month: z.int(),
        exp_year: z.int(),
      })
      .nullable(),
    channel: z.string(),
    channel_account: id('cha'),
    next_action: nextAction
      .nullable()
      .openapi({ description: 'What the customer must do to have it saved without a payment' }),
    failure: failure.nullable().openapi({ description: 'Why it was not saved without a payment' }),
    consent: z.strictObject({ text: z.string(), ip: text, given_at: time }),
    livemode: z.boolean(),
    created_at: time,
    updated_at: time,
  })
  .openapi('PaymentMethod');

export const deletedPaymentMethod = z
  .strictObject({
    id: id('pm'),
    object: z.literal('payment_method'),
    deleted: z.literal(true),
  })
  .openapi('DeletedPaymentMethod');
