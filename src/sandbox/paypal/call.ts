import type { z } from 'zod';

import { type Answer, type Call, callAbout } from '../call.ts';
import { findOrder, type Order, type PaypalOptions } from './order.ts';
import { read } from './parameters.ts';
import type { Wire } from './resource.ts';
import { minimalOrder, wireOrder } from './wire.ts';
import { channel, missing } from './wording.ts';

/** A call of PayPal's API, understood. */
export interface PaypalCall extends Call {
  /** How what it made once stands now, for who repeats its `PayPal-Request-Id`. */
  readonly latest: (id: string) => Answer;
}

/** A request that was understood, or the refusal of one that was not: that one is never begun. */
export type Routed = PaypalCall | { readonly refused: Answer };

/** A request as it came. */
export interface Asked {
  readonly options: PaypalOptions;
  /** The id in the path, or ''. */
  readonly id: string;
  /** Parsed; undefined when there was none. */
  readonly body: unknown;
  readonly query: URLSearchParams;
  /** `Prefer: return=representation`: all of it, not only what is needed to go on. */
  readonly isFull: boolean;
  /** Does it bear a `PayPal-Request-Id`? */
  readonly isKeyed: boolean;
}

/**
 * A call about an order, or about none.
 *
 * @param known what it is about, as it was when the request came
 * @param call what differs from an ordinary call
 */
export function about(
  known: Order | null,
  call: Pick<PaypalCall, 'operation' | 'commit'> & Partial<PaypalCall>,
): PaypalCall {
  return {
    ...callAbout(channel, known),
    latest: () => missing(),
    ...call,
  };
}

/** Reads the parameters, or refuses them. */
export function withParameters<Schema extends z.ZodType>(
  schema: Schema,
  { body }: Asked,
  use: (given: z.infer<Schema>) => Routed,
): Routed {
  const given = read(schema, body);
  return 'refused' in given ? given : use(given.value);
}

/** The order with this id, unless it is dead: then nobody finds it any more. */
export function livingOrder({ books }: PaypalOptions, id: string): Order | null {
  const order = findOrder(books, id);
  return order?.is_dead === false ? order : null;
}

/** An order as the caller prefers it. */
export function shown({ options, isFull }: Asked, order: Order): Wire {
  return isFull ? wireOrder(options, order) : minimalOrder(options, order);
}
