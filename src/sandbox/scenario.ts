import type { Books } from './books.ts';
import { clock } from './clock.ts';
import type { Fault } from './fault.ts';
import type { Transaction } from './transaction.ts';

/** What the last three digits of an amount bring about; any other amount is paid. */
export const magicAmounts = [
  { digits: 105, scenario: 'declined', result: 'declined' },
  { digits: 151, scenario: 'insufficient_funds', result: 'declined: not enough money' },
  { digits: 160, scenario: 'late_callback', result: 'paid; the callback is 30 s late' },
  { digits: 161, scenario: 'no_callback', result: 'paid; no callback: found by asking' },
  { digits: 162, scenario: 'callback_thrice', result: 'paid; the callback comes three times' },
  { digits: 163, scenario: 'early_callback', result: 'paid; the callback is before the answer' },
  { digits: 164, scenario: 'wrong_amount', result: 'paid; the callback has a wrong amount' },
  { digits: 165, scenario: 'bad_signature', result: 'paid; the callback is signed wrongly' },
  { digits: 166, scenario: 'failed_after_paid', result: 'paid; a callback says "failed" later' },
  { digits: 167, scenario: 'paid_after_end', result: 'paid 10 s after it was closed: goes back' },
  { digits: 170, scenario: 'worker_restarted', result: 'paid; the worker is killed (demo only)' },
  { digits: 191, scenario: 'channel_down', result: 'the channel is down twice; then paid' },
] as const;

/** How a payment goes that a merchant tests with nothing but an amount (docs/testing.md, Magic amounts). */
export type Scenario = (typeof magicAmounts)[number]['scenario'] | 'paid';

/**
 * What its amount makes of an order; null where amounts have no magic: the channel account does not have them, or
 * it is paid by card, whose token says what happens.
 */
export function scenarioOf(books: Books, order: Transaction | undefined): Scenario | null {
  if (!order || order.by_card === true || !books.magicAmounts.includes(order.channel)) return null;
  const found = magicAmounts.find(({ digits }) => digits === order.amount % 1_000);
  return found?.scenario ?? 'paid';
}

type Mishap = Pick<Fault, 'fault' | 'delay_ms' | 'copies'>;

const mishaps: Partial<Record<Scenario, Mishap>> = {
  late_callback: { fault: 'delay', delay_ms: 30_000 },
  no_callback: { fault: 'drop' },
  callback_thrice: { fault: 'duplicate', copies: 3 },
  wrong_amount: { fault: 'wrong_amount' },
  bad_signature: { fault: 'forge_signature' },
};

/** What an order's amount does to a callback about its payment: faults that nobody has armed. */
export function callbackMishaps(books: Books, order: Transaction | undefined): readonly Fault[] {
  const mishap = mishaps[scenarioOf(books, order) ?? 'paid'];
  return order && mishap ? [ofItself(order, { operation: 'callback', ...mishap })] : [];
}

/** The fault of a second callback, which says that what was paid has failed. */
export function takenBack(order: Transaction): Fault {
  return ofItself(order, { operation: 'callback', fault: 'says_failed' });
}

/** The fault of the next call about an order whose channel is down. */
export function stillDown(order: Transaction): Fault {
  const { reference } = order;
  return ofItself(order, { operation: 'any', fault: 'refuse_connection', reference, left: 1 });
}

function ofItself(
  { channel, reference }: Transaction,
  fault: Mishap & Pick<Fault, 'operation' | 'reference' | 'left'>,
): Fault {
  return { id: `magic ${reference}`, channel, armed_at: clock.now(), ...fault };
}
