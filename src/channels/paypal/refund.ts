import type { RefundAnswer, RefundState } from '../../domain/outcome.ts';
import { isVouched } from '../../domain/vouched.ts';
import type { Call } from '../channel.ts';
import type { RefundOrder } from '../refund.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { stateOf } from './captured.ts';
import { failureFrom } from './failure.ts';
import { capturesOf } from './hold.ts';
import { lookUp, unsent } from './lookup.ts';
import { fromWire, toWire } from './money.ts';
import { isMissing, isNumberTaken, line } from './order.ts';
import { get, post } from './request.ts';
import { type CheckoutOrder, type WireRefund, wireRefund } from './response.ts';

/** Gives money back, once under its key. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const taken = await captureOf(call, order);
  if (taken.kind !== 'capture') return taken;
  const path = `/v2/payments/captures/${encodeURIComponent(taken.id)}/refund`;
  const spoken = await post(call, path, order.channel_key, {
    amount: toWire(order),
    invoice_id: order.reference,
    ...(order.reason ? { note_to_payer: line(255, order.reason) } : {}),
  });
  if (spoken.kind === 'done') return refundSaid(read(wireRefund, spoken.body), order);
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind !== 'refused') return spoken;
  if (isNumberTaken(spoken.error)) return unclear(spoken.detail);
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** A receipt bears its capture's number; that of a part of a hold, or of money that a person vouched for, is found in the order. */
async function captureOf(call: Call<Account>, order: RefundOrder) {
  const { receipt_reference, handle } = order;
  if (!isFoundInOrder(order)) return { kind: 'capture', id: receipt_reference } as const;
  const found = await lookUp(call, { handle, reference: order.attempt_reference });
  if (found.kind === 'missing') return unclear(found.detail);
  if (found.kind !== 'found') return unsent(found);
  const id = numberIn(found.order, receipt_reference);
  return id === null
    ? unclear(`no capture of ${receipt_reference}`)
    : ({ kind: 'capture', id } as const);
}

function isFoundInOrder({ receipt_reference, handle }: RefundOrder): boolean {
  const isOurs = receipt_reference.startsWith('cap_') || isVouched(receipt_reference);
  return isOurs || receipt_reference === handle;
}

/** All that was taken under an order bears the order's number: it goes back in one refund where it was one capture. */
function numberIn(found: CheckoutOrder, receipt: string): string | null {
  const taken = capturesOf(found).filter((one) => stateOf(one) === 'taken');
  const isAll = receipt === found.id || isVouched(receipt);
  const ours = isAll ? taken : taken.filter(({ invoice_id }) => invoice_id === receipt); // prettier-ignore
  return ours.length === 1 ? (ours[0]?.id ?? null) : null;
}

/** Asks what became of our refund; before its number is known, among the refunds of its order. */
export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  if (order.channel_reference !== null) return ask(call, order, order.channel_reference);
  const found = await lookUp(call, { handle: order.handle, reference: order.attempt_reference });
  if (found.kind !== 'found') return unclear(found.detail);
  const [unit] = found.order.purchase_units;
  const ours = unit.payments?.refunds?.find((one) => one.invoice_id === order.reference);
  return ours ? refundSaid(ours, order) : { kind: 'not_found' };
}

async function ask(call: Call<Account>, order: RefundOrder, id: string): Promise<RefundAnswer> {
  const spoken = await get(call, `/v2/payments/refunds/${encodeURIComponent(id)}`);
  if (spoken.kind === 'done') return refundSaid(read(wireRefund, spoken.body), order);
  return isMissing(spoken) ? { kind: 'not_found' } : unclear(spoken.detail);
}

function refundSaid(found: WireRefund | null, order: RefundOrder): RefundAnswer {
  if (!found) return unclear('without a readable refund');
  if (found.invoice_id === order.reference) return answerOf(found);
  const told = `${found.id} of ${found.invoice_id}`;
  return { kind: 'disagrees', detail: `asked about ${order.reference}, told ${told}` };
}

/** Every status; one that is not listed is not understood, hence `unknown`. */
const states = new Map<string, RefundState>([
  ['PENDING', 'processing'],
  ['COMPLETED', 'succeeded'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'failed'],
]);

/** What a refund says; the amount is as PayPal tells it, the domain compares it. */
export function answerOf({ id, status, amount, status_details }: WireRefund): RefundAnswer {
  const state = states.get(status);
  const returned = fromWire(amount);
  if (!state || !returned) return unclear(`a refund in '${status}', ${amount.currency_code}`);
  const answer = { kind: 'refund', status: state, channel_reference: id, ...returned } as const;
  if (state !== 'failed') return answer;
  const issue = status_details?.reason ?? `REFUND_${status}`;
  return { ...answer, failure: failureFrom({ issue, message: null }) };
}
