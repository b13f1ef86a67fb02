import { sum } from '../../domain/money.ts';
import type { CaptureAnswer, CloseAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { CaptureOrder, Order } from '../order.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { stateOf, whyDeclined } from './captured.ts';
import { failureFrom } from './failure.ts';
import { authorizationOf, capturesOf, heldBy, isHeld } from './hold.ts';
import { lookUp, unsent } from './lookup.ts';
import { toWire } from './money.ts';
import { isMissing, isNumberTaken } from './order.ts';
import { post, type Refusal } from './request.ts';
import { type Authorization, type Capture, capture as wireCapture, type CheckoutOrder } from './response.ts'; // prettier-ignore

/** Takes a part of what is held, or all of it. The answer is the hold's total, whichever capture it came from. */
export async function capture(call: Call<Account>, order: CaptureOrder): Promise<CaptureAnswer> {
  const hold = await holdOf(call, order);
  if (hold.kind !== 'held') return hold;
  const { capture_amount: amount, currency } = order;
  const path = `${addressOf(hold.authorization)}/capture`;
  const spoken = await post(call, path, order.channel_key, {
    amount: toWire({ amount, currency }),
    invoice_id: order.capture_reference,
    final_capture: isLast(order),
  });
  if (spoken.kind === 'done') return captured(read(wireCapture, spoken.body), hold, order);
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind !== 'refused') return spoken;
  if (isAboutState(spoken)) return { kind: 'refused', detail: spoken.detail };
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** Nothing stays held: PayPal gives the rest back. */
function isLast({ amount, captured_before, capture_amount, is_final }: CaptureOrder): boolean {
  return is_final || sum([captured_before, capture_amount]) >= amount;
}

/** PayPal tells the one capture: the others are known from the order. One that is under way is asked about. */
function captured(
  made: Capture | null,
  { order: found, authorization }: Hold,
  order: CaptureOrder,
): CaptureAnswer {
  if (made?.invoice_id !== order.capture_reference) return unclear('without a readable capture of ours'); // prettier-ignore
  const state = stateOf(made);
  if (state === 'declined') return { kind: 'declined', failure: whyDeclined(made) };
  if (state !== 'taken') return unclear(`a capture in '${made.status}'`);
  const others = capturesOf(found).filter(({ id }) => id !== made.id);
  const isOver = made.final_capture ?? isLast(order);
  return heldBy(found.id, authorization, [...others, made], isOver) ?? unclear('an unreadable amount'); // prettier-ignore
}

/** Gives back what is still held. A refusal means: ask. */
export async function release(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const hold = await holdOf(call, order);
  if (hold.kind !== 'held') return hold;
  const path = `${addressOf(hold.authorization)}/void`;
  const spoken = await post(call, path, order.channel_key, {});
  if (spoken.kind === 'done') return { kind: 'closed' };
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  return spoken.kind === 'refused' ? { kind: 'refused', detail: spoken.detail } : spoken;
}

interface Hold {
  readonly kind: 'held';
  readonly order: CheckoutOrder;
  readonly authorization: Authorization;
}

async function holdOf(call: Call<Account>, order: Order) {
  const found = await lookUp(call, order);
  if (found.kind === 'missing') return { kind: 'refused', detail: found.detail } as const;
  if (found.kind !== 'found') return unsent(found);
  const authorization = authorizationOf(found.order);
  if (authorization && isHeld(authorization))
    return { kind: 'held', order: found.order, authorization } satisfies Hold;
  const detail = `nothing is held: '${authorization?.status ?? found.order.status}'`;
  return { kind: 'refused', detail } as const;
}

function addressOf({ id }: Authorization): string {
  return `/v2/payments/authorizations/${encodeURIComponent(id)}`;
}

/** Not what we sent was wrong, but where the hold stands. */
const aboutState = new Set([
  'AUTHORIZATION_ALREADY_CAPTURED',
  'AUTHORIZATION_EXPIRED',
  'AUTHORIZATION_VOIDED',
  'PREVIOUSLY_CAPTURED',
  'PREVIOUSLY_VOIDED',
]);

function isAboutState(refusal: { readonly kind: 'refused' } & Refusal): boolean {
  const { error } = refusal;
  return isMissing(refusal) || isNumberTaken(error) || aboutState.has(error.issue);
}
