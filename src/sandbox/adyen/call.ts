import type { z } from 'zod';

import { type Answer, type Call, callAbout } from '../call.ts';
import { adyenKeys as keys } from './keys.ts';
import { read } from './parameters.ts';
import { type AdyenOptions, findPayment, type Payment } from './payment.ts';
import { channel, refusal, unknownOriginal } from './wording.ts';

/** A call of Adyen's API, understood. */
export interface AdyenCall extends Call {
  /** The card that is charged by it, or null: some cards keep the caller waiting for ever. */
  readonly token: string | null;
}

/** A request that was understood, or the refusal of one that was not: that one is never begun. */
export type Routed = AdyenCall | { readonly refused: Answer };

/** A request as it came. */
export interface Asked {
  readonly options: AdyenOptions;
  /** The number in the path, or ''. */
  readonly id: string;
  /** Parsed; undefined when there was none. */
  readonly body: unknown;
}

/**
 * A call about a payment, or about none.
 *
 * @param known what it is about, as it was when the request came
 * @param call what differs from an ordinary call
 */
export function about(
  known: Payment | null,
  call: Pick<AdyenCall, 'operation' | 'commit'> & Partial<AdyenCall>,
): AdyenCall {
  return {
    ...callAbout(channel, known),
    token: null,
    ...call,
  };
}

/** Reads the parameters, or refuses them: also those that name another merchant's account. */
export function withParameters<Schema extends z.ZodType>(
  schema: Schema,
  { body }: Asked,
  use: (given: z.infer<Schema>) => Routed,
): Routed {
  const given = read(schema, body);
  if ('refused' in given) return given;
  const { merchantAccount } = given.value as { merchantAccount?: string };
  if (merchantAccount !== undefined && merchantAccount !== keys.merchant_account)
    return { refused: refusal(403, '901', 'Invalid Merchant Account', 'security') };
  return use(given.value);
}

/** Finds the payment of the path and reads the parameters, or refuses. */
export function withPayment<Schema extends z.ZodType>(
  schema: Schema,
  asked: Asked,
  use: (known: Payment, given: z.infer<Schema>) => Routed,
): Routed {
  return withParameters(schema, asked, (given) => {
    const known = findPayment(asked.options.books, asked.id);
    return known ? use(known, given) : { refused: unknownOriginal() };
  });
}
