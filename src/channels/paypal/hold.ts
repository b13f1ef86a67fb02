import type { Held, QueryAnswer } from '../../domain/outcome.ts';
import { unclear } from '../unclear.ts';
import { stateOf, totalOf } from './captured.ts';
import { failureFrom } from './failure.ts';
import { fromWire } from './money.ts';
import type { Authorization, Capture, CheckoutOrder } from './response.ts';

/** Every status of an authorization; one that is not listed is not understood. */
const statuses = new Map<string, 'held' | 'over' | 'given back' | 'pending' | 'declined'>([
  ['CREATED', 'held'],
  ['PARTIALLY_CAPTURED', 'held'],
  ['CAPTURED', 'over'],
  ['VOIDED', 'given back'], // by us, or when its time was over
  ['EXPIRED', 'given back'], // of older accounts
  ['PENDING', 'pending'],
  ['DENIED', 'declined'],
]);

/** The authorization of an order: one that was denied is none as long as there is another. */
export function authorizationOf({ purchase_units: [unit] }: CheckoutOrder): Authorization | null {
  const all = unit.payments?.authorizations ?? [];
  return all.find(({ status }) => status !== 'DENIED') ?? all[0] ?? null;
}

/** The captures of an order, of a hold or of all of it. */
export function capturesOf({ purchase_units: [unit] }: CheckoutOrder): readonly Capture[] {
  return unit.payments?.captures ?? [];
}

/** Can something be captured, or given back? */
export function isHeld({ status }: Authorization): boolean {
  return statuses.get(status) === 'held';
}

/** What an order that was authorized says. */
export function answerOf(found: CheckoutOrder, hold: Authorization): QueryAnswer {
  const state = statuses.get(hold.status);
  if (state === 'pending') return { kind: 'pending' };
  if (state === 'declined') return { kind: 'declined', failure: failureFrom({ issue: hold.status, message: null }, 'card_declined') }; // prettier-ignore
  if (!state) return unclear(`an authorization in '${hold.status}'`);
  const captures = capturesOf(found);
  // One that is under way may yet add to the total: until it is over there is none to be told.
  const undecided = captures.find((one) => ['pending', 'unknown'].includes(stateOf(one)));
  if (undecided) return unclear(`a capture in '${undecided.status}'`);
  const held = heldBy(found.id, hold, captures, state !== 'held');
  if (!held) return unclear(`held ${hold.amount.value} '${hold.amount.currency_code}'`);
  const isReleased = state === 'given back' && held.captured === 0 && !isRunOut(hold);
  return isReleased ? { kind: 'closed' } : held;
}

/** A hold with what these took of it; null where an amount cannot be read. */
export function heldBy(
  channel_reference: string,
  { amount, expiration_time }: Authorization,
  captures: readonly Capture[],
  isOver: boolean,
): Held | null {
  const held = fromWire(amount);
  const captured = held && totalOf(captures, held.currency);
  if (!held || captured === null) return null;
  const is_over = isOver || captured >= held.amount;
  return {
    kind: 'held',
    channel_reference,
    held: held.amount,
    captured,
    currency: held.currency,
    ends_at: is_over ? null : (expiration_time ?? null),
    is_over,
  };
}

/** PayPal has one word for what we released and what ran out, so the times must say which. */
function isRunOut({ status, update_time, expiration_time }: Authorization): boolean {
  if (status === 'EXPIRED') return true;
  return Boolean(update_time && expiration_time && update_time >= expiration_time);
}
