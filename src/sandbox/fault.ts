import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { Books } from './books.ts';
import { type Channel, channelNames } from './channel.ts';
import { clock } from './clock.ts';

const calls = [
  'create', 'query', 'close', 'capture', 'increment', 'void', 'refund', 'query_refund', 'payout', 'bill',
] as const; // prettier-ignore

/** What can be planted in a bill. */
export const billFaults = [
  'missing_row', 'extra_row', 'amount_drift', 'fee_drift', 'next_day_row', 'late_file', 'empty_file', 'bad_hash',
] as const; // prettier-ignore
export type BillFault = (typeof billFaults)[number];

const callFaults = [
  'timeout_before_commit', 'timeout_after_commit', 'reset_mid_body', 'http_500_before_commit', 'http_500_after_commit',
  'system_error_after_commit', 'slow', 'rate_limit', 'refuse_connection', 'not_found_for', 'wrong_amount',
  'pay_during_close', 'refund_bounce', 'capture_bounce', 'insufficient_merchant_balance', 'customer_blocked', 'double_spelling_errors',
  ...billFaults,
] as const; // prettier-ignore

const callbackFaults = [
  'drop', 'duplicate', 'delay', 'malformed', 'reorder', 'forge_signature', 'wrong_key', 'tamper_ciphertext',
  'stale_timestamp', 'wrong_amount', 'wrong_currency', 'other_order', 'says_failed',
] as const; // prettier-ignore

export type CallName = (typeof calls)[number];
export type Operation = CallName | 'callback';
export type FaultName = (typeof callFaults)[number] | (typeof callbackFaults)[number];

export interface Fault {
  readonly id: string;
  readonly channel: string;
  readonly operation: Operation | 'any';
  readonly fault: FaultName;
  readonly reference?: string | undefined;
  readonly probability?: number | undefined;
  readonly delay_ms?: number | undefined;
  readonly copies?: number | undefined;
  readonly armed_at: number;
  /** How often it still strikes; undefined: until deleted. */
  readonly left?: number | undefined;
}

/** What `POST /control/faults` takes (contract section 7). */
export const faultRequest = z
  .strictObject({
    channel: z.enum(channelNames, {
      error: ({ input }) => `unknown channel '${String(input)}'; known: ${channelNames.join(', ')}`,
    }),
    operation: z.enum([...calls, 'callback', 'any']),
    fault: z.enum([...callFaults, ...callbackFaults]),
    reference: z.string().optional(),
    count: z.int().min(1).optional(),
    probability: z.number().min(0).max(1).optional(),
    delay_ms: z.int().min(0).max(86_400_000).optional(),
    copies: z.int().min(1).max(100).optional(),
  })
  .refine(({ operation, fault }) => fits(operation, fault), {
    path: ['fault'],
    error: ({ input }) => {
      const { operation, fault } = input as { operation: string; fault: string };
      return `'${fault}' is no fault of ${operation === 'callback' ? 'a callback' : 'a call'}`;
    },
  });

function fits(operation: Operation | 'any', fault: FaultName): boolean {
  if (operation === 'any') return true;
  const all: readonly string[] = operation === 'callback' ? callbackFaults : callFaults;
  return all.includes(fault);
}

/**
 * Why this fault would never strike, or null: who arms one and sees nothing believes that it was survived.
 *
 * @param of the channel: the calls that it takes, and what cannot befall it
 */
export function idle(
  { channel, operation, fault }: z.infer<typeof faultRequest>,
  of: Pick<Channel, 'calls' | 'never' | 'plays'>,
): string | null {
  const taken: readonly string[] = [...of.calls, 'callback', 'any'];
  if (!taken.includes(operation))
    return `operation: ${channel} has no '${operation}'; it has: ${taken.join(', ')}`;
  const why = of.never?.[fault];
  if (why !== undefined) return `fault: ${channel} has no '${fault}': ${why}`;
  if (rare.has(fault) && !of.plays?.includes(fault)) return `fault: ${channel} has no '${fault}'`;
  const only = theirs[fault];
  if (only?.some((call) => taken.includes(call)) === false)
    return `fault: ${channel} has no '${fault}'`;
  if (!only || operation === 'any' || only.some((call) => call === operation)) return null;
  return `fault: '${fault}' strikes on ${only.map((call) => `'${call}'`).join(' and ')} only, not on '${operation}'`;
}

/** What only the channels have that say so. */
const rare: ReadonlySet<FaultName> = new Set<FaultName>([
  'capture_bounce',
  'insufficient_merchant_balance',
  'customer_blocked',
  'double_spelling_errors',
  ...billFaults,
]);

/** What a channel plays on some calls alone. */
const theirs: Partial<Record<FaultName, readonly CallName[]>> = {
  pay_during_close: ['close'],
  refund_bounce: ['refund'],
  capture_bounce: ['capture'],
  insufficient_merchant_balance: ['refund'],
  customer_blocked: ['create', 'refund'],
  ...Object.fromEntries(billFaults.map((fault) => [fault, ['bill']])),
};

/** Faults that act on some operations only; on another one they let the call through and are not counted. */
const scopes: Partial<Record<FaultName, readonly Operation[]>> = {
  not_found_for: ['query', 'close', 'capture', 'increment', 'void', 'refund', 'query_refund'],
  ...theirs,
};

/** After one of these there is nothing left for a later fault to act on. */
const ends: ReadonlySet<FaultName> = new Set<FaultName>([
  'timeout_before_commit', 'timeout_after_commit', 'reset_mid_body', 'http_500_before_commit', 'http_500_after_commit',
  'system_error_after_commit', 'rate_limit', 'refuse_connection', 'not_found_for', 'drop',
]); // prettier-ignore

/**
 * Arms a fault; it strikes after those that were armed before it.
 *
 * @param asked a request that `faultRequest` has accepted
 * @returns the fault's id
 */
export function arm(books: Books, asked: z.infer<typeof faultRequest>): string {
  const { count, ...rest } = asked;
  const fault: Fault = { ...rest, id: randomUUID(), armed_at: clock.now(), left: count };
  books.write({ kind: 'faults', faults: [...books.faults, fault] });
  return fault.id;
}

/** What faults may strike: a call or a callback, and whom it is about. */
export interface Occasion {
  readonly channel: string;
  /**
   * Two that no fault can name: `prepare` (an order that moves no money before it is confirmed) is struck
   * by faults on `any`, `certificates` never.
   */
  readonly operation: Operation | 'prepare' | 'certificates';
  /** Does the answer, the callback or the bill name an amount? Else `wrong_amount` and its like have nothing to act on. */
  readonly names_amount: boolean;
  /** The order's number, and the refund's. */
  readonly references: readonly string[];
  /** Since when the books have what is asked for; null: they have no such thing. */
  readonly known_since: string | null;
}

/**
 * The faults that strike now, in the order armed, up to the first that ends the occasion: a later one
 * waits for the next occasion. Each strike is counted in the journal before it is felt.
 *
 * @param occasion the call or callback
 */
export function strike(books: Books, occasion: Occasion): readonly Fault[] {
  const struck: Fault[] = [];
  for (const fault of books.faults) {
    if (!matches(fault, occasion)) continue;
    struck.push(fault);
    if (ends.has(fault.fault)) break;
  }
  if (struck.some((fault) => fault.left !== undefined))
    books.write({
      kind: 'faults',
      faults: books.faults.flatMap((fault) => counted(fault, struck)),
    });
  return struck;
}

function matches(fault: Fault, occasion: Occasion): boolean {
  return (
    fault.channel === occasion.channel &&
    (fault.operation === 'any' || fault.operation === occasion.operation) &&
    actsOn(fault.fault, occasion) &&
    (fault.reference === undefined || occasion.references.includes(fault.reference)) &&
    (fault.fault !== 'not_found_for' || denies(fault, occasion)) &&
    Math.random() < (fault.probability ?? 1)
  );
}

/** These need a bill that has a line. */
const ofRows: ReadonlySet<FaultName> = new Set<FaultName>([
  'missing_row', 'extra_row', 'amount_drift', 'fee_drift',
]); // prettier-ignore

function actsOn(fault: FaultName, { operation, names_amount }: Occasion): boolean {
  if (fault === 'wrong_amount') return names_amount && operation !== 'bill';
  if (ofRows.has(fault) && !names_amount) return false;
  const callbackOnly = !(callFaults as readonly string[]).includes(fault);
  const scope: readonly string[] =
    scopes[fault] ?? (callbackOnly ? ['callback'] : [...calls, 'prepare']);
  return scope.includes(operation);
}

/** A real order is denied for `delay_ms` (30 s), from its creation or the arming, whichever is later. */
function denies(fault: Fault, { known_since }: Occasion): boolean {
  if (known_since === null) return false;
  const since = Math.max(Date.parse(known_since), fault.armed_at);
  return clock.now() < since + (fault.delay_ms ?? 30_000);
}

/** One strike less; a fault that is used up is gone. */
function counted(fault: Fault, struck: readonly Fault[]): Fault[] {
  if (fault.left === undefined || !struck.includes(fault)) return [fault];
  return fault.left > 1 ? [{ ...fault, left: fault.left - 1 }] : [];
}
