import type { Books } from './books.ts';
import { clock } from './clock.ts';
import type { Fault } from './fault.ts';
import type { Transaction } from './transaction.ts';

/** What the last three digits of an amount bring about; any other amount is paid. */
const scenarios = {
  105: 'declined',
  151: 'insufficient_funds',
  160: 'late_callback',
  161: 'no_callback',
  162: 'callback_thrice',
  163: 'early_callback',
  164: 'wrong_amount',
  165: 'bad_signature',
  166: 'failed_after_paid',
  167: 'paid_after_end',
  191: 'channel_down',
} as const;

/** How a payment goes that a merchant tests with nothing but an amount (docs/testing.md, Magic amounts). */
export type Scenario = (typeof scenarios)[keyof typeof scenarios] | 'paid';

/**
 * What its amount makes of an order; null where amounts have no magic: the channel account does not have them, or
 * it is paid by card, whose token says what happens.
 */
export function scenarioOf(books: Books, order: Transaction | undefined): Scenario | null {
  if (!order || order.by_card === true || !books.magicAmounts.includes(order.channel)) return null;
  const digits = order.amount % 1_000;
  return (scenarios as Readonly<Record<number, Scenario>>)[digits] ?? 'paid';
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
