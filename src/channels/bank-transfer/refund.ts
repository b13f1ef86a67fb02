import type { RefundAnswer, RefundState } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { RefundOrder } from '../refund.ts';
import { atMost, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom, whyReturned } from './failure.ts';
import { fromWire, toWire } from './money.ts';
import { speak } from './request.ts';
import { type WireReturn, wireReturn } from './response.ts';

/** Sends money back to who paid it, once under its number: the bank calls that a return (section 3). */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'PUT', placeOf(order), {
    customer: call.account.customer,
    virtual_account: order.attempt_reference,
    credit: order.receipt_reference,
    amount: toWire(order),
    currency: order.currency,
    reason: atMost(140, order.reason),
    notify_url: order.notify_url,
  });
  if (spoken.kind === 'done') return returnSaid(spoken.body, call.account, order);
  if (spoken.kind !== 'refused') return spoken;
  if (spoken.error.code === 'NUMBER_CONFLICT') return unclear(spoken.detail);
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** Asks what became of our return. */
export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'GET', placeOf(order));
  if (spoken.kind === 'done') return returnSaid(spoken.body, call.account, order);
  if (spoken.kind === 'refused' && spoken.error.code === 'RETURN_UNKNOWN')
    return { kind: 'not_found' };
  return unclear(spoken.detail);
}

function placeOf({ reference }: RefundOrder): string {
  return `/v1/returns/${reference}`;
}

function returnSaid(body: string, { customer }: Account, order: RefundOrder): RefundAnswer {
  const found = read(wireReturn, body);
  if (!found) return unclear('without a readable return');
  const asked = `${order.reference} of ${order.receipt_reference}, ${order.attempt_reference} of ${customer}`;
  const told = `${found.number} of ${found.credit}, ${found.virtual_account} of ${found.customer}`;
  if (told === asked) return answerOf(found);
  return { kind: 'disagrees', detail: `asked about ${asked}, told about ${told}` };
}

/** Every status of section 3; one that is not listed is not understood, hence `unknown`. */
const states = new Map<string, RefundState>([
  ['pending', 'processing'],
  ['booked', 'succeeded'],
  ['bounced', 'failed'],
  ['rejected', 'failed'],
]);

/** What a return says; the amount is as the bank tells it, the domain compares it. */
export function answerOf(found: WireReturn): RefundAnswer {
  const status = states.get(found.status);
  const money = fromWire(found.amount, found.currency);
  if (!status || !money) return unclear(`a return of ${found.amount} '${found.currency}' in '${found.status}'`); // prettier-ignore
  const answer = { kind: 'refund', status, channel_reference: found.id, ...money } as const;
  return status === 'failed' ? { ...answer, failure: whyReturned(found.reason_code) } : answer;
}
