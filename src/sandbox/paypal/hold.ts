import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { type Part, take } from './capture.ts';
import { tellAuthorization } from './event.ts';
import {
  type Authorization,
  type Capture,
  claimedOf,
  findOrder,
  freshId,
  type Order,
  type PaypalOptions,
  saveOrder,
} from './order.ts';
import { channel, unprocessable } from './wording.ts';

/** The payer's money is held, all of it. */
export function hold(options: PaypalOptions, order: Order): Order {
  const now = clock.now();
  const authorization: Authorization = {
    id: freshId(),
    created_at: now,
    updated_at: now,
    expires_at: now + options.holdMs,
    ended: null,
  };
  const held: Order = { ...order, status: 'COMPLETED', updated_at: now, authorization };
  saveOrder(options.books, held);
  planExpiry(options, held);
  tellAuthorization(options, held);
  return held;
}

/** What is still held and was not captured. */
export function leftOf(order: Order): number {
  return order.amount - claimedOf(order);
}

/**
 * Takes all or a part of what is held; with the last of it, or a final part, the hold is over.
 *
 * @returns the refusal, or the order after it and the capture
 */
export function captureHeld(
  options: PaypalOptions,
  order: Order,
  part: Part,
): { readonly refused: Answer } | { readonly order: Order; readonly capture: Capture } {
  const ended = order.authorization?.ended;
  if (ended === 'captured') return { refused: unprocessable('AUTHORIZATION_ALREADY_CAPTURED') };
  if (ended === 'expired') return { refused: unprocessable('AUTHORIZATION_EXPIRED') };
  if (ended === 'voided') return { refused: unprocessable('AUTHORIZATION_VOIDED') };
  const left = leftOf(order);
  if (part.amount > left) {
    const detail = `${part.amount} is more than the ${left} that ${order.id} holds`;
    options.books.violate(channel, order.reference, 'capture_beyond_held', detail);
    return { refused: unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED') }; // who may take 115 % has it in writing
  }
  const isLast = part.final || part.amount === left;
  return take(options, isLast ? end(order, 'captured') : order, part);
}

/** `POST …/void`: what was not captured goes back to the payer. */
export function voidHold(options: PaypalOptions, order: Order): Answer | null {
  const ended = order.authorization?.ended;
  if (ended === 'captured') return unprocessable('PREVIOUSLY_CAPTURED');
  if (ended) return unprocessable('PREVIOUSLY_VOIDED');
  release(options, order, 'voided');
  return null;
}

function release(options: PaypalOptions, order: Order, how: 'voided' | 'expired'): void {
  const released = end(order, how);
  saveOrder(options.books, released);
  tellAuthorization(options, released);
}

function end(order: Order, ended: Authorization['ended']): Order {
  const { authorization } = order;
  if (!authorization) throw new Error(`${order.id} holds nothing`);
  const updated_at = clock.now();
  return { ...order, updated_at, authorization: { ...authorization, updated_at, ended } };
}

/** A hold ends by itself. */
export function planExpiry(options: PaypalOptions, { id, authorization }: Order): void {
  if (!authorization) return;
  const { agenda, books } = options;
  agenda.at(`${channel} hold ${id}`, authorization.expires_at, () => {
    const order = findOrder(books, id);
    if (order?.authorization?.ended === null)
      books.atomically(() => release(options, order, 'expired'));
  });
}
