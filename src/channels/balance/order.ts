import type {
  CaptureAnswer,
  CloseAnswer,
  ConfirmAnswer,
  CreateAnswer,
  Disagreement,
  Held,
  QueryAnswer,
} from '../../domain/outcome.ts';
import { confirmedBy } from '../../domain/outcome.ts';
import type { BookedOrder, Books } from '../books.ts';
import type { Call } from '../channel.ts';
import type { CaptureOrder, Order } from '../order.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';

/** The books that the wiring handed in. Throws without them, a bug: no other channel asks for them. */
export function booksOf({ books }: Pick<Call<Account>, 'books'>): Books {
  if (!books) throw new Error('the channel balance was called without the books');
  return books;
}

/** Makes an order on the customer's wallet; it takes nothing before it is confirmed. */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const booked = await booksOf(call).open(order.reference);
  if (booked.kind === 'refused') return { kind: 'declined', failure: failureFrom(booked.why) };
  return booked.kind === 'booked' ? { kind: 'created', handle: booked.order.id } : booked;
}

/** Takes the money out of the wallet, or has it held there. */
export async function confirm(call: Call<Account>, order: Order): Promise<ConfirmAnswer> {
  const booked = await booksOf(call).take(order.reference, order.capture);
  if (booked.kind === 'refused') return { kind: 'declined', failure: failureFrom(booked.why) };
  return booked.kind === 'booked' ? confirmedBy(told(booked.order, order)) : booked;
}

export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const found = await booksOf(call).find(order.reference);
  if (found.kind === 'booked') return told(found.order, order);
  return found.kind === 'not_found'
    ? found
    : { kind: 'unknown', detail: `asked, and ${found.kind}` };
}

/** Takes a part of what is held, or all of it; the answer is the hold's total. */
export async function capture(call: Call<Account>, order: CaptureOrder): Promise<CaptureAnswer> {
  const { reference, capture_reference, capture_amount: amount, is_final } = order;
  const part = { capture_reference, amount, is_final };
  const booked = await booksOf(call).capture(reference, part);
  if (booked.kind === 'refused') return { kind: 'refused', detail: booked.why };
  if (booked.kind !== 'booked') return booked;
  const disagreement = disagrees(booked.order, order);
  return disagreement ? { kind: 'unknown', detail: disagreement.detail } : held(booked.order);
}

/** Ends the order, and gives back what is still held; of what is taken nothing is undone. */
export async function close(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const booked = await booksOf(call).release(order.reference);
  if (booked.kind === 'refused') return { kind: 'refused', detail: booked.why };
  return booked.kind === 'booked' ? { kind: 'closed' } : booked;
}

/** What the books say of an order. */
function told(booked: BookedOrder, order: Order): QueryAnswer {
  const disagreement = disagrees(booked, order);
  if (disagreement) return disagreement;
  if (booked.status === 'open' || (booked.status === 'closed' && booked.captured === 0))
    return { kind: booked.status };
  return order.capture === 'manual' ? held(booked) : approved(booked);
}

function disagrees(booked: BookedOrder, order: Order): Disagreement | null {
  if (booked.amount === order.amount && booked.currency === order.currency) return null;
  const detail = `asked ${order.amount} ${order.currency}, the books say ${booked.amount} ${booked.currency}`;
  return { kind: 'disagrees', detail };
}

function approved({ id, captured, currency, taken_at }: BookedOrder): QueryAnswer {
  if (!taken_at) return { kind: 'unknown', detail: `${id} is paid, and nobody knows since when` };
  const paid_at = taken_at.toISOString();
  return { kind: 'approved', receipt: { channel_reference: id, amount: captured, currency, paid_at } };
} // prettier-ignore

function held({ id, amount, captured, currency, held_until, status }: BookedOrder): Held {
  return {
    kind: 'held',
    channel_reference: id,
    held: amount,
    captured,
    currency,
    ends_at: held_until?.toISOString() ?? null,
    is_over: status !== 'held',
  };
}
