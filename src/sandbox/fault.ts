import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { Books, Fault } from './books.ts';

const operations = [
  'create', 'query', 'close', 'capture', 'void', 'refund', 'query_refund', 'payout', 'bill', 'callback', 'any',
] as const; // prettier-ignore

const callFaults = [
  'timeout_before_commit', 'timeout_after_commit', 'reset_mid_body', 'http_500_before_commit', 'http_500_after_commit',
  'system_error_after_commit', 'slow', 'rate_limit', 'refuse_connection', 'not_found_for', 'wrong_amount',
  'pay_during_close', 'refund_bounce',
] as const; // prettier-ignore

const callbackFaults = [
  'drop', 'duplicate', 'delay', 'malformed', 'reorder', 'forge_signature', 'wrong_key', 'tamper_ciphertext',
  'stale_timestamp', 'wrong_amount', 'wrong_currency', 'other_order',
] as const; // prettier-ignore

/** What `POST /control/faults` takes. */
export const faultRequest = z
  .strictObject({
    channel: z.enum(['wechat-pay']),
    operation: z.enum(operations),
    fault: z.enum([...new Set([...callFaults, ...callbackFaults])]),
    reference: z.string().optional(),
    count: z.int().min(1).optional(),
    probability: z.number().min(0).max(1).optional(),
    delay_ms: z.int().min(0).optional(),
    copies: z.int().min(1).max(100).optional(),
  })
  .refine(({ operation, fault }) => {
    const allowed: readonly string[] = operation === 'callback' ? callbackFaults : callFaults;
    return allowed.includes(fault);
  }, 'this fault does not fit this operation');

/** Arms a fault; it strikes after those that were armed before it. */
export function arm(books: Books, asked: z.infer<typeof faultRequest>): string {
  const { count, ...rest } = asked;
  const fault: Fault = { ...rest, id: randomUUID(), left: count };
  books.write({ kind: 'faults', faults: [...books.faults, fault] });
  return fault.id;
}

/** The faults that strike this operation now, in the order armed; each strike is counted before it is felt. */
export function strike(
  books: Books,
  channel: string,
  operation: string,
  reference: string,
): Fault[] {
  const matches = (fault: Fault) =>
    fault.channel === channel &&
    (fault.operation === operation || (fault.operation === 'any' && operation !== 'callback')) &&
    (fault.reference === undefined || fault.reference === reference) &&
    fault.left !== 0 &&
    Math.random() < (fault.probability ?? 1);
  const struck = books.faults.filter(matches);
  if (struck.some((fault) => fault.left !== undefined)) {
    const faults = books.faults.map((fault) =>
      struck.includes(fault) && fault.left !== undefined
        ? { ...fault, left: fault.left - 1 }
        : fault,
    );
    books.write({ kind: 'faults', faults });
  }
  return struck;
}
