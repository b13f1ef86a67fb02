import { z } from 'zod';

import { attemptStatuses } from '../domain/attempt.ts';
import { incrementStatuses } from '../domain/increment.ts';
import { paymentStatuses } from '../domain/payment.ts';
import { failure, id, minor, nextAction, text } from './answer-schema.ts';
import { currency, time } from './field.ts';

const method = z
  .strictObject({ type: z.string(), payment_method: id('pm').optional() })
  .openapi('Method');

const attempt = z
  .strictObject({
    id: id('att'),
    reference: z.string(),
    channel: z.string(),
    channel_account: id('cha'),
    method,
    status: z.enum(attemptStatuses),
    amount: minor,
    amount_captured: minor,
    amount_refunded: minor,
    channel_reference: text,
    failure: failure.nullable(),
    expected_fee: z.strictObject({ amount: minor, currency }).optional().openapi({
      description:
        'What the channel is expected to take, where the account says so; see `fees` of channel accounts',
    }),
    created_at: time,
    updated_at: time,
  })
  .openapi('Attempt');

const capture = z
  .strictObject({
    id: id('cap'),
    amount: minor,
    status: z.enum(['processing', 'succeeded', 'failed']),
    failure: failure.optional(),
    created_at: time,
  })
  .openapi('Capture');

const increment = z
  .strictObject({
    id: id('inc'),
    amount: minor,
    previous_amount: minor,
    status: z.enum(incrementStatuses),
    failure: failure.nullable(),
    created_at: time,
  })
  .openapi('Increment');

/** Contract section 2. */
export const payment = z
  .strictObject({
    id: id('pay'),
    object: z.literal('payment'),
    order_no: z.string(),
    amount: minor,
    currency,
    status: z.enum(paymentStatuses),
    outcome: z.enum(['known', 'unknown']),
    amount_authorized: minor,
    amount_capturable: minor,
    amount_captured: minor,
    amount_refunded: minor,
    amount_refunding: minor,
    amount_disputed: minor,
    capture: z.enum(['automatic', 'manual']),
    method: method.nullable(),
    channel: text,
    channel_reference: text,
    next_action: nextAction.nullable(),
    failure: failure.nullable(),
    cancellation_reason: z.enum(['requested', 'expired', 'duplicate', 'risk']).nullable(),
    late: z.boolean(),
    attempts: z.array(attempt),
    captures: z.array(capture),
    increments: z.array(increment).optional(),
    refunds: z.array(id('ref')),
    customer: z.strictObject({ id: z.string().optional(), email: z.string().optional(), country: z.string().optional() }).nullable(),
    description: text,
    metadata: z.record(z.string(), z.string()),
    checkout_url: text,
    return_url: text,
    notify_url: text,
    expires_at: time,
    capture_before: time.nullable(),
    created_at: time,
    updated_at: time,
    sequence: z.int().min(1),
    workflow_id: z.string(),
    livemode: z.boolean(),
  })
  .openapi('Payment'); // prettier-ignore

/** One line of a payment's timeline (contract section 2). */
export const timelineEntry = z
  .strictObject({
    sequence: z.int().nullable(),
    at: time,
    kind: z.enum(['request', 'attempt', 'exchange', 'callback', 'state', 'posting', 'webhook', 'case']),
    summary: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry'); // prettier-ignore
