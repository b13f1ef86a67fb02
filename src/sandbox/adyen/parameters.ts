import { z } from 'zod';

import type { Answer } from '../call.ts';
import { isPayable, isTaken } from './money.ts';
import { missing, refusal } from './wording.ts';

const amount = z.looseObject({
  currency: z.string().refine(isTaken),
  value: z.int(),
});
const reference = z.string().min(1).max(80);

const common = { merchantAccount: z.string(), reference: reference.optional() };

export const paymentRequest = z.looseObject({
  ...common,
  reference,
  amount,
  returnUrl: z.url().max(8_000),
  paymentMethod: z.looseObject({ type: z.literal('scheme'), storedPaymentMethodId: z.string() }),
  // "Required for recurring payments", which a payment by a stored card is; "minimum length: 3 characters" (PaymentRequest)
  shopperReference: z.string().min(3).max(256),
  // "Required when … using stored payment details"
  recurringProcessingModel: z.enum(['CardOnFile', 'Subscription', 'UnscheduledCardOnFile']),
  shopperInteraction: z.enum(['Ecommerce', 'ContAuth', 'Moto', 'POS']).optional(),
  // "For 3D Secure, the full object is required for web integrations"
  browserInfo: z
    .looseObject({
      acceptHeader: z.string().min(1),
      colorDepth: z.int(),
      javaEnabled: z.boolean(),
      language: z.string().min(1),
      screenHeight: z.int(),
      screenWidth: z.int(),
      timeZoneOffset: z.int(),
      userAgent: z.string().min(1),
    })
    .optional(),
  shopperIP: z.string().min(1).optional(),
  captureDelayHours: z.int().min(0).max(672).optional(),
  additionalData: z
    .looseObject({ manualCapture: z.enum(['true', 'false']).optional() })
    .default({}),
});
export type PaymentRequest = z.infer<typeof paymentRequest>;

/** A request of this name in Adyen's own OpenAPI (CheckoutService v71), which lets it bear no other members. */
function named<Shape extends z.ZodRawShape>(title: string, shape: Shape) {
  return z.strictObject(shape).meta({ title });
}

const any = z.unknown().optional();
const whole = { ...common, applicationInfo: any, enhancedSchemeData: any };
const part = { ...whole, amount, lineItems: any, splits: any };

export const detailsRequest = named('PaymentDetailsRequest', {
  details: z.looseObject({ redirectResult: z.string() }),
  authenticationData: any,
  paymentData: any,
  threeDSAuthenticationOnly: any,
});

export const captureRequest = named('PaymentCaptureRequest', {
  ...part,
  platformChargebackLogic: any,
  subMerchants: any,
});

const reasons = z.enum(['FRAUD', 'CUSTOMER REQUEST', 'RETURN', 'DUPLICATE', 'OTHER']);

export const refundRequest = named('PaymentRefundRequest', {
  ...part,
  capturePspReference: any,
  merchantRefundReason: reasons.nullish(),
  store: any,
});

export const cancelRequest = named('PaymentCancelRequest', whole);

export const reversalRequest = named('PaymentReversalRequest', whole);

export const technicalCancelRequest = named('StandalonePaymentCancelRequest', {
  ...whole,
  paymentReference: reference,
});

/**
 * The parameters of a call, or Adyen's 422 that names the first one that is wrong, or its 400 for those that it does not know.
 *
 * @param schema one of this page
 * @param body what came, parsed; undefined when there was none
 */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { readonly value: z.infer<Schema> } | { readonly refused: Answer } {
  const parsed = schema.safeParse(body);
  if (parsed.success) return unpayable(parsed.data) ?? { value: parsed.data };
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') return { refused: unknownFields(schema, issue.keys) };
  return { refused: issue ? complaint(issue, body) : missing('body') };
}

function unpayable(given: unknown): { readonly refused: Answer } | null {
  const { amount: asked } = given as { amount?: z.infer<typeof amount> };
  return asked && !isPayable(asked) ? { refused: invalidAmount() } : null;
}

function invalidAmount(): Answer {
  return refusal(422, '137', 'Invalid amount specified');
}

/** As Adyen says it to who sends what its API does not have (Adyen/adyen-web issue 1978). */
function unknownFields(schema: z.ZodType, names: readonly string[]): Answer {
  const of = schema.meta()?.title ?? 'request';
  const message = `Structure of ${of} contains the following unknown fields: [${names.join(', ')}]`;
  return refusal(400, '702', message);
}

function complaint({ path }: z.core.$ZodIssue, body: unknown): Answer {
  const name = path.map(String).join('.');
  const value = path.reduce<unknown>(
    (from, member) => (from as Readonly<Record<PropertyKey, unknown>> | undefined)?.[member],
    body,
  );
  if (name === 'returnUrl' && value === undefined) return refusal(422, '14_030', 'Return URL is missing.'); // prettier-ignore
  if (value === undefined) return missing(name);
  if (name === 'amount.currency') return refusal(422, '138', 'Unsupported currency specified');
  if (name === 'amount.value') return invalidAmount();
  return refusal(422, '702', `Invalid value for field '${name}'`);
}
