import { z } from 'zod';

import type { Answer } from '../call.ts';
import { evidenceNames } from './dispute-wire.ts';
import type { Form, FormValue } from './form.ts';
import { methodTypes } from './intent.ts';
import { invalid } from './wording.ts';

const integer = z
  .string()
  .regex(/^\d{1,15}$/, 'Invalid integer')
  .transform(Number);
const boolean = z.enum(['true', 'false']).transform((value) => value === 'true');
const list = z.record(z.string(), z.string()).transform((members) => Object.values(members));
const types = list.pipe(z.array(z.enum(methodTypes)));
const metadata = z
  .record(z.string().max(40), z.string().max(500))
  .refine((pairs) => Object.keys(pairs).length <= 50, 'at most 50 keys')
  .default({});
const expandable = ['latest_charge', 'data.latest_charge', 'payment_method', 'data.source'];
const expand = list
  .refine((names) => names.every((name) => expandable.includes(name)), 'cannot be expanded')
  .default([]);
/** Taken and passed over: it changes nothing here. */
const passive = z.unknown().optional();
const reasons = z.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']);

const availability = z.enum(['if_available', 'never']);

/** Of docs.stripe.com/api/payment_intents/create; a card's `token` is in the API and not on the page. */
const named = {
  payment_method: z.string().optional(),
  payment_method_data: z
    .strictObject({
      type: z.enum(methodTypes),
      card: z.strictObject({ token: z.string() }).optional(),
      ideal: passive,
      grabpay: passive,
      allow_redisplay: passive,
      billing_details: passive,
      metadata: passive,
      radar_options: passive,
    })
    .optional(),
};
/** What a call names to pay with. */
export type NamedMethod = z.infer<z.ZodObject<typeof named>>;

const cardOptions = z.strictObject({
  request_multicapture: availability.optional(),
  request_incremental_authorization: availability.optional(),
  request_extended_authorization: availability.optional(),
  request_overcapture: availability.optional(),
  request_three_d_secure: z.enum(['any', 'automatic', 'challenge']).optional(),
  capture_method: z.literal('manual').optional(),
  setup_future_usage: z.enum(['none', 'on_session', 'off_session']).optional(),
  installments: passive,
  mandate_options: passive,
  moto: passive,
  network: passive,
  statement_descriptor_suffix_kana: passive,
  statement_descriptor_suffix_kanji: passive,
});
const otherOptions = z.strictObject({ setup_future_usage: passive }).optional();

const confirmation = {
  ...named,
  return_url: z.url().optional(),
  expand,
  payment_method_options: z
    .strictObject({ card: cardOptions.optional(), ideal: otherOptions, grabpay: otherOptions })
    .optional(),
  payment_method_types: types.optional(),
  error_on_requires_action: passive,
  off_session: boolean.default(false),
  setup_future_usage: z.enum(['on_session', 'off_session']).optional(),
  receipt_email: passive,
  shipping: passive,
  use_stripe_sdk: passive,
  mandate: passive,
  mandate_data: passive,
};

export const createParameters = z.strictObject({
  amount: integer,
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/, 'Invalid currency')
    .transform((code) => code.toLowerCase()),
  ...confirmation,
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).default('automatic'),
  confirm: boolean.default(false),
  confirmation_method: z.enum(['automatic', 'manual']).default('automatic'),
  description: z.string().max(1_000).optional(),
  metadata,
  automatic_payment_methods: passive,
  customer: z.string().optional(),
  statement_descriptor: passive,
  statement_descriptor_suffix: passive,
  transfer_group: passive,
});
export type CreateParameters = z.infer<typeof createParameters>;

export const confirmParameters = z.strictObject({
  ...confirmation,
  capture_method: passive,
});
export type ConfirmParameters = z.infer<typeof confirmParameters>;

export const captureParameters = z.strictObject({
  amount_to_capture: integer.optional(),
  final_capture: boolean.default(true),
  expand,
  metadata: passive,
  statement_descriptor: passive,
  statement_descriptor_suffix: passive,
});
export type CaptureParameters = z.infer<typeof captureParameters>;

export const incrementParameters = z.strictObject({
  amount: integer,
  description: z.string().max(1_000).optional(),
  metadata: z.record(z.string().max(40), z.string().max(500)).optional(),
  expand,
  statement_descriptor: passive,
});
export type IncrementParameters = z.infer<typeof incrementParameters>;

export const cancelParameters = z.strictObject({ cancellation_reason: reasons.optional(), expand });
export type CancelParameters = z.infer<typeof cancelParameters>;

export const refundParameters = z.strictObject({
  payment_intent: z.string(),
  amount: integer.optional(),
  reason: reasons.exclude(['abandoned']).optional(),
  metadata,
  instructions_email: passive,
});
export type RefundParameters = z.infer<typeof refundParameters>;

export const disputeParameters = z.strictObject({
  evidence: z.partialRecord(z.enum(evidenceNames), z.string().max(20_000)).default({}),
  metadata,
  submit: boolean.optional(),
  expand,
});
export type DisputeParameters = z.infer<typeof disputeParameters>;

export const customerParameters = z.strictObject({
  payment_method: z.string().optional(),
  metadata,
  email: passive,
  name: passive,
  description: passive,
  phone: passive,
});
export type CustomerParameters = z.infer<typeof customerParameters>;

const cardOnly = list.pipe(z.array(z.enum(['card']))).optional();
const setupConfirmation = {
  ...named,
  return_url: z.url().optional(),
  expand,
  payment_method_options: passive,
  mandate_data: passive,
  use_stripe_sdk: passive,
};
export const setupParameters = z.strictObject({
  ...setupConfirmation,
  confirm: boolean.default(false),
  customer: z.string().optional(),
  description: z.string().max(1_000).optional(),
  metadata,
  automatic_payment_methods: passive,
  payment_method_types: cardOnly,
  usage: z.enum(['on_session', 'off_session']).default('off_session'),
});
export type SetupParameters = z.infer<typeof setupParameters>;

export const setupConfirmParameters = z.strictObject(setupConfirmation);
export type SetupConfirmParameters = z.infer<typeof setupConfirmParameters>;

export const attachParameters = z.strictObject({ customer: z.string() });

export const retrieveParameters = z.strictObject({ expand, client_secret: passive });

const page = {
  limit: integer.refine((limit) => limit >= 1 && limit <= 100, 'Invalid integer').default(10),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
  created: z
    .strictObject({
      gt: integer.optional(),
      gte: integer.optional(),
      lt: integer.optional(),
      lte: integer.optional(),
    })
    .optional(),
  expand,
};
export const listParameters = z.strictObject({ ...page, customer: passive });
export const refundListParameters = z.strictObject({
  ...page,
  payment_intent: z.string().optional(),
});
export const disputeListParameters = z.strictObject({
  ...page,
  charge: z.string().optional(),
  payment_intent: z.string().optional(),
});
export const balanceListParameters = z.strictObject({
  ...page,
  type: z.string().optional(),
  source: z.string().optional(),
  payout: z.string().optional(),
  currency: z.string().optional(),
});
export type BalanceListParameters = z.infer<typeof balanceListParameters>;
export const setupListParameters = z.strictObject({
  ...page,
  customer: z.string().optional(),
  payment_method: z.string().optional(),
});
export const payoutListParameters = z.strictObject({
  ...page,
  status: z.enum(['pending', 'paid', 'failed', 'canceled']).optional(),
});
export type PageParameters = z.infer<typeof listParameters>;

/** Does the merchant want to be able to hold more later? */
export function isIncremental({ payment_method_options: options }: ConfirmParameters): boolean {
  return options?.card?.request_incremental_authorization === 'if_available';
}

/**
 * The parameters of a call, or Stripe's 400 that names the first one that is wrong.
 *
 * @param schema one of this page
 * @param form what came
 */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  form: Form,
): { readonly value: z.infer<Schema> } | { readonly refused: Answer } {
  const parsed = schema.safeParse(form);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { refused: issue ? complaint(issue, form) : invalid('invalid parameters') };
}

function complaint(issue: z.core.$ZodIssue, form: Form): Answer {
  if (issue.code === 'unrecognized_keys') {
    const param = nameOf([...issue.path, issue.keys[0] ?? '']);
    return invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
  }
  const param = nameOf(issue.path);
  if (at(form, issue.path) === undefined)
    return invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  const integerWanted = issue.message === 'Invalid integer';
  const code = { code: integerWanted ? 'parameter_invalid_integer' : 'parameter_invalid' };
  return invalid(`${param}: ${issue.message}`, { ...code, param });
}

function at(form: Form, path: readonly PropertyKey[]): FormValue | undefined {
  return path.reduce<FormValue | undefined>(
    (value, name) => (typeof value === 'object' ? value[String(name)] : undefined),
    form,
  );
}

/** `a[b][c]`, as it was on the wire. */
function nameOf([first, ...rest]: readonly PropertyKey[]): string {
  return String(first ?? '') + rest.map((name) => `[${String(name)}]`).join('');
}
