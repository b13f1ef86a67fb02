import { z } from 'zod';

import { links } from './error.ts';
import { wireMoney } from './money.ts';

const text = z.string().min(1);

/** RFC 3339, as PayPal writes it, in UTC. */
export const instant = z.iso.datetime({ offset: true }).transform((at) => new Date(at).toISOString()); // prettier-ignore

/** Money that was taken, is on its way, or was not to be had. */
export const capture = z.object({
  id: text,
  status: text,
  amount: wireMoney,
  create_time: instant,
  custom_id: text.nullish(),
  invoice_id: text.nullish(),
  final_capture: z.boolean().nullish(),
  status_details: z.object({ reason: text.nullish() }).nullish(),
});
export type Capture = z.infer<typeof capture>;

export const authorization = z.object({
  id: text,
  status: text,
  amount: wireMoney,
  expiration_time: instant.nullish(),
  update_time: instant.nullish(),
});
export type Authorization = z.infer<typeof authorization>;

export const wireRefund = z.object({
  id: text,
  status: text,
  amount: wireMoney,
  invoice_id: text.nullish(),
  status_details: z.object({ reason: text.nullish() }).nullish(),
});
export type WireRefund = z.infer<typeof wireRefund>;

/** The merchant, as an order or a capture names him. */
export const payee = z.object({ merchant_id: text.nullish() }).nullish();

const unit = z.object({
  custom_id: text.nullish(),
  amount: wireMoney,
  payee,
  payments: z
    .object({
      authorizations: z.array(authorization).nullish(),
      captures: z.array(capture).nullish(),
      refunds: z.array(wireRefund).nullish(),
    })
    .nullish(),
});

/** An order of channels.md section 4, as we make one: of one unit. */
export const checkoutOrder = z.object({
  id: text,
  intent: text,
  status: text,
  links: links.nullish(),
  purchase_units: z.tuple([unit]),
});
export type CheckoutOrder = z.infer<typeof checkoutOrder>;

/** The value as this shape, or null. */
export function parse<T>(shape: z.ZodType<T>, value: unknown): T | null {
  const parsed = shape.safeParse(value);
  return parsed.success ? parsed.data : null;
}
