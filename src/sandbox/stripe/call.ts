import type { z } from 'zod';

import { type Answer, type Call, callAbout } from '../call.ts';
import type { Form } from './form.ts';
import { findIntent, type Intent, type StripeOptions } from './intent.ts';
import { isPayable } from './money.ts';
import { read } from './parameters.ts';
import { channel, invalid, missing } from './wording.ts';

/** A call of Stripe's API, understood. */
export interface StripeCall extends Call {
  /** The card that is charged by it, or null: some cards keep the caller waiting for ever. */
  readonly token: string | null;
  /** What is said when a fault denies what is there. */
  readonly denial: Answer;
}

/** A request that was understood, or the refusal of one that was not: that one is never begun. */
export type Routed = StripeCall | { readonly refused: Answer };

/** A request as it came. */
export interface Asked {
  readonly options: StripeOptions;
  /** The id in the path, or ''. */
  readonly id: string;
  readonly form: Form;
}

/**
 * A call about a PaymentIntent, or about none.
 *
 * @param known what it is about, as it was when the request came
 * @param call what differs from an ordinary call
 */
export function about(
  known: Intent | null,
  call: Pick<StripeCall, 'operation' | 'commit'> & Partial<StripeCall>,
): StripeCall {
  return {
    ...callAbout(channel, known),
    token: null,
    denial: missing('payment_intent', known?.id ?? '', 'intent'),
    ...call,
  };
}

/** Reads the parameters, or refuses them. */
export function withParameters<Schema extends z.ZodType>(
  schema: Schema,
  { form }: Asked,
  use: (given: z.infer<Schema>) => Routed,
): Routed {
  const given = read(schema, form);
  return 'refused' in given ? given : use(given.value);
}

/** Finds the PaymentIntent of the path and reads the parameters, or refuses. */
export function withIntent<Schema extends z.ZodType>(
  schema: Schema,
  asked: Asked,
  use: (known: Intent, given: z.infer<Schema>) => Routed,
): Routed {
  const known = findIntent(asked.options.books, asked.id);
  if (!known) return { refused: missing('payment_intent', asked.id, 'intent') };
  return withParameters(schema, asked, (given) => use(known, given));
}

/**
 * A slow call finds the PaymentIntent as it is when it is carried out.
 *
 * @param known as it was when the request came
 */
export function current({ books }: StripeOptions, known: Intent): Intent {
  return findIntent(books, known.id) ?? known;
}

/** The refusal of an amount that cannot be in this currency, or null. */
export function unpayable(
  amount: number | undefined,
  currency: string,
  param: string,
): Answer | null {
  if (amount === undefined || isPayable(amount, currency)) return null;
  return invalid('Invalid amount', { code: 'parameter_invalid_integer', param });
}
