import { z } from 'zod';

import { attemptStatuses } from '../domain/attempt.ts';
import { caseKinds, decisionsOf } from '../domain/case.ts';
import { disputeReasons, disputeStages, disputeStatuses } from '../domain/dispute.ts';
import { advices, failureCodes } from '../domain/failure.ts';
import { incrementStatuses } from '../domain/increment.ts';
import { refundStates } from '../domain/outcome.ts';
import { paymentStatuses } from '../domain/payment.ts';
import { shownMethodStatuses } from '../domain/payment-method.ts';
import { refundOrigins } from '../domain/refund.ts';
import { fees } from './fee-schema.ts';
import { currency, time } from './field.ts';

/** An amount in minor units. */
export const minor = z.int().min(0);
/** An id of the kind that bears this prefix. */
export const id = (prefix: string) => z.string().startsWith(`${prefix}_`);
export const text = z.string().nullable();

export const failure = z
  .strictObject({
    code: z.enum(failureCodes),
    message: z.string(),
    advice: z.enum(advices),
    channel_code: text,
    channel_message: text,
    retryable: z.boolean(),
  })
  .openapi('Failure');

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

export const nextAction = z
  .union([
    z.strictObject({ type: z.literal('display_qr_code'), data: z.string(), expires_at: time }),
    z.strictObject({ type: z.literal('redirect'), url: z.string() }),
    z.strictObject({ type: z.literal('sdk_params'), params: z.record(z.string(), z.string()) }),
    z.strictObject({
      type: z.literal('await_transfer'),
      bank_account: z.strictObject({ iban: z.string(), bic: z.string(), holder: z.string() }),
      reference: z.string(),
    }),
  ])
  .openapi('NextAction');

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

/** Contract section 3. */
export const refund = z
  .strictObject({
    id: id('ref'),
    object: z.literal('refund'),
    payment_id: id('pay'),
    amount: minor,
    currency,
    status: z.enum(refundStates),
    origin: z.enum(refundOrigins),
    failure: failure.nullable(),
    channel_reference: text,
    reason: text,
    retry_of: id('ref').nullable(),
    rules_version: z.int().optional().openapi({ description: 'Of the rules that judged it' }),
    approval: z.enum(['awaited', 'given', 'denied']).nullable().optional().openapi({ description: 'Must a person approve it before it is sent?' }),
    created_at: time,
    updated_at: time,
  })
  .openapi('Refund'); // prettier-ignore

/** What a payer contests at his bank or at the channel (decision 0037). */
export const dispute = z
  .strictObject({
    id: id('dsp'),
    object: z.literal('dispute'),
    payment_id: id('pay'),
    attempt_id: id('att'),
    amount: minor,
    currency,
    amount_withdrawn: minor.openapi({ description: 'Of the amount, what the channel has taken back for now or for good' }),
    status: z.enum(disputeStatuses),
    stage: z.enum(disputeStages),
    reason: z.enum(disputeReasons),
    due_by: time.nullable().openapi({ description: 'Until when you may answer, at the channel' }),
    channel_reference: z.string(),
    channel_status: z.string(),
    channel_reason: text,
    created_at: time,
    updated_at: time,
  })
  .openapi('Dispute'); // prettier-ignore

const decisions = [...new Set(Object.values(decisionsOf).flat())];

/** Work for a person (contract section 2). */
export const caseAnswer = z
  .strictObject({
    id: id('case'),
    object: z.literal('case'),
    kind: z.enum(caseKinds),
    payment_id: id('pay'),
    status: z.enum(['open', 'resolved']),
    allowed: z.array(z.enum(decisions)),
    detail: z.string(),
    decision: z.enum(decisions).nullable(),
    reason: text,
    created_at: time,
    resolved_at: time.nullable(),
  })
  .openapi('Case');

/** Contract section 4. */
export const channelAccount = z
  .strictObject({
    id: id('cha'),
    object: z.literal('channel_account'),
    channel: z.string(),
    methods: z.array(z.string()),
    currencies: z.array(z.string()),
    fees: fees.nullable(),
    livemode: z.boolean(),
    callback_url: z.string().openapi({ description: 'To be registered at the channel' }),
    owner: z.enum(['merchant', 'platform']).openapi({ description: '`platform`: shared by all merchants, changed by operators only' }),
    version: z.int().min(1).openapi({ description: 'Counts the changes; an attempt keeps the version that it was made with' }),
    created_at: time,
  })
  .openapi('ChannelAccount'); // prettier-ignore

const webhookShape = {
  id: id('whe'),
  object: z.literal('webhook_endpoint'),
  url: z.string(),
  events: z.array(z.string()),
  description: text,
  status: z.enum(['enabled', 'disabled']),
  created_at: time,
};

/** Contract section 5. */
export const webhookEndpoint = z.strictObject(webhookShape).openapi('WebhookEndpoint');

/** The only answer with the secret. */
export const newWebhookEndpoint = z
  .strictObject({ ...webhookShape, secret: z.string().startsWith('whsec_') })
  .openapi('NewWebhookEndpoint');

export const deletedWebhookEndpoint = z
  .strictObject({ id: id('whe'), object: z.literal('webhook_endpoint'), deleted: z.literal(true) })
  .openapi('DeletedWebhookEndpoint');

const delivery = z
  .strictObject({
    id: id('dlv'),
    endpoint: z.string().openapi({ description: 'The webhook endpoint, or `notify_url`: the one of the payment' }),
    status: z.enum(['pending', 'delivered', 'failed', 'canceled']),
    attempts: z.int().min(0),
    last_status_code: z.int().nullable(),
    next_try_at: time.nullable(),
  })
  .openapi('Delivery'); // prettier-ignore

/** Something that happened, and whom it was told (contract section 5). */
export const event = z
  .strictObject({
    id: id('evt'),
    object: z.literal('event'),
    type: z.string(),
    created_at: time,
    sequence: z.int().min(1),
    data: z.strictObject({ object: z.record(z.string(), z.unknown()) }),
    deliveries: z.array(delivery),
  })
  .openapi('Event');

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

/** A list of these (contract section 1). */
export const listOf = (one: z.ZodType) =>
  z.strictObject({ object: z.literal('list'), data: z.array(one), has_more: z.boolean() });
