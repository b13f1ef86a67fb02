import type { z } from 'zod';

import type { Answer, Call } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import type { FaultName } from '../fault.ts';
import { bankTransferKeys as keys } from './keys.ts';
import { number, read } from './parameters.ts';
import { findAccount } from './virtual-account.ts';
import { channel, malformed, refusal } from './wording.ts';

/** A request that is well signed. */
export interface Asked {
  readonly options: ChannelOptions;
  /** The number in the path, or the day. */
  readonly name: string;
  /** Parsed; undefined when it is no JSON, or there is none. */
  readonly body: unknown;
}

/**
 * A call about one virtual account. Whether the request makes any sense is looked at when it is carried out: a caller
 * over the rate is told no more than that.
 *
 * @param account the virtual account's number, as far as the request names one
 * @param refund the return's number
 */
export function about(
  { options: { books } }: Pick<Asked, 'options'>,
  call: Pick<Call, 'operation' | 'commit'>,
  account: string | undefined,
  refund?: string,
): Call {
  const known = account === undefined ? null : findAccount(books, account);
  return {
    channel,
    references: [account, refund].filter((one) => one !== undefined),
    known_since: known ? new Date(known.created_at).toISOString() : null,
    names_amount: true,
    ...call,
  };
}

/** Reads what only this customer may ask, or refuses it. */
export function asked<Schema extends z.ZodType<{ readonly customer: string }>>(
  schema: Schema,
  { name, body }: Asked,
  use: (given: z.infer<Schema>) => Answer,
): Answer {
  const path = read(number, name);
  if ('refused' in path) return path.refused;
  const given = read(schema, body);
  if ('refused' in given) return given.refused;
  if (given.value.customer !== keys.customer)
    return refusal('NOT_PERMITTED', `customer: '${given.value.customer}' is not the key's`);
  return use(given.value);
}

/** Looks up what is under a number, or refuses one that is none. */
export function lookedUp<Found>(
  { name }: Asked,
  found: Found | null | undefined,
  unknown: Answer,
  shown: (found: Found) => object,
): Answer {
  if (!number.safeParse(name).success) return malformed(`'${name}' is no number of a customer`);
  return found ? { status: 200, body: shown(found) } : unknown;
}

/** 422 for a customer who may open no accounts and order no returns for now, or null. */
export function blocked(faults: ReadonlySet<FaultName>): Answer | null {
  if (!faults.has('customer_blocked')) return null;
  return refusal('CUSTOMER_BLOCKED', 'no new accounts or returns for now');
}
