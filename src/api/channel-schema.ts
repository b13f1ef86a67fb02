import { z } from 'zod';

import { circuitStates } from '../domain/circuit.ts';
import { id, text as nullableText } from './answer-schema.ts';
import { text, time } from './field.ts';

/** `POST /v1/channel_accounts/{id}/pause`. */
export const pauseChannel = z
  .strictObject({
    reason: text(1, 500).optional(),
    until: time.optional().openapi({ description: 'It ends by itself then; left out: by resume alone' }),
  })
  .openapi('PauseChannel'); // prettier-ignore
export type PauseChannel = z.infer<typeof pauseChannel>;

const count = z.int().min(0).nullable().openapi({ description: 'Null of a shared account' });
const rate = z.number().min(0).max(1).nullable();
const ms = z.int().min(0).nullable();
const part = z.strictObject({
  figure: z.number().nullable(),
  value: z.number().min(0).max(1),
  weight: z.int().min(0),
});

/** How well a channel account does. */
export const channel = z
  .strictObject({
    id: id('cha'),
    object: z.literal('channel'),
    channel: z.string(),
    channel_account: id('cha'),
    methods: z.record(z.string(), z.array(z.string())).openapi({ description: 'Each with its currencies' }),
    currencies: z.array(z.string()),
    livemode: z.boolean(),
    owner: z.enum(['merchant', 'platform']),
    circuit: z.strictObject({
      state: z.enum(circuitStates).openapi({ description: 'New attempts begin at closed ones; at a half_open one, one at a time' }),
      since: time.nullable().openapi({ description: 'Null: it was never open' }),
      next_probe_at: time.nullable(),
    }),
    paused: z
      .strictObject({ by: z.string(), reason: nullableText, since: time, until: time.nullable() })
      .nullable(),
    window: z.strictObject({
      seconds: z.int(),
      calls: count, answered: count, declined: count, unknown: count, never_sent: count,
      begun: count.openapi({ description: 'Creates and confirmations that had an answer; below 20 no rule goes by the success rate or the score. Null of a shared account' }),
      success_rate: rate.openapi({ description: 'Of creates and confirmations that had an answer: no declines' }),
      unknown_rate: rate.openapi({ description: 'Of all calls: no usable answer' }),
      latency_p50_ms: ms, latency_p99_ms: ms,
      callback_lag_ms: ms.openapi({ description: 'From the channel’s time of a payment to our acceptance of its callback' }),
    }),
    score: z.strictObject({
      total: z.number().min(0).max(100),
      parts: z.strictObject({
        success_rate: part, unknown_rate: part, latency: part, callback_lag: part,
        cost: part.openapi({ description: 'Of a payment, so its figure is null here and its value 1: a rule by score reckons it for each payment by the account’s fees' }),
      }),
    }),
  })
  .openapi('Channel'); // prettier-ignore
