import { z } from 'zod';

import type { Answer } from '../call.ts';
import { isPayable, isTaken } from './money.ts';
import { missing, refusal } from './wording.ts';

/**
 * A structure of this name in Adyen's own OpenAPI (CheckoutService v71), which lets it bear no other members; what is said to
 * who sends one is of Adyen/adyen-web issue 1978.
 */
export function named<Shape extends z.ZodRawShape>(title: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `Structure of ${title} contains the following unknown fields: [${issue.keys.join(', ')}]`
        : undefined,
  });
}

export const any = z.unknown().optional();
export const amount = named('Amount', {
  currency: z.string().refine(isTaken),
  value: z.int(),
});
export const reference = z.string().min(1).max(80);
export const common = { merchantAccount: z.string(), reference: reference.optional() };

const whole = { ...common, applicationInfo: any, enhancedSchemeData: any };
const part = { ...whole, amount, lineItems: any, splits: any };

export const detailsRequest = named('PaymentDetailsRequest', {
  details: named('PaymentCompletionDetails', {
    redirectResult: z.string(),
    payload: any,
    returnUrlQueryString: any,
    threeDSResult: any,
  }),
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
  const { issues } = parsed.error;
  const unknown = issues.find(({ code }) => code === 'unrecognized_keys');
  if (unknown) return { refused: refusal(400, '702', unknown.message) };
  return { refused: issues[0] ? complaint(issues[0], body) : missing('body') };
}

function unpayable(given: unknown): { readonly refused: Answer } | null {
  const { amount: asked } = given as { amount?: z.infer<typeof amount> };
  return asked && !isPayable(asked) ? { refused: invalidAmount() } : null;
}

function invalidAmount(): Answer {
  return refusal(422, '137', 'Invalid amount specified');
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
