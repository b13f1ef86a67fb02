import type { CloseAnswer, QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { speak } from './request.ts';
import { answerOf, readTransaction } from './transaction.ts';
import { isPresented } from './way.ts';

/** Asks what became of our number. */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const path = `/v3/pay/transactions/out-trade-no/${order.reference}?mchid=${call.account.mchid}`;
  const spoken = await speak(call, 'GET', path);
  if (spoken.kind === 'done') return transactionSaid(spoken, call.account, order);
  if (spoken.kind !== 'refused') return { kind: 'unknown', detail: spoken.detail };
  const { status, error } = spoken;
  if (status === 404 && error.key === 'ORDERNOTEXIST') return { kind: 'not_found' };
  return unclear(`${status} ${error.code}`);
}

/** What the transaction in a reply says of the order. */
export function transactionSaid(
  { status, body }: { status: number; body: string },
  account: Account,
  order: Order,
): QueryAnswer {
  const found = status === 200 ? readTransaction(body) : null;
  if (!found) return unclear(`${status} without a readable transaction`);
  const answer = answerOf(found, account, order.reference);
  const { amount } = found;
  // What was paid is told as the channel tells it, with its number: the domain compares it, and keeps the number.
  const isTold = answer.kind === 'approved' || answer.kind === 'disagrees';
  if (isTold || answer.kind === 'unknown' || !amount) return standing(answer, order);
  if (amount.total === order.amount && amount.currency === order.currency)
    return standing(answer, order);
  const asked = `asked ${order.amount} ${order.currency} under ${order.reference}`;
  return { kind: 'disagrees', detail: `${asked}, told ${amount.total} '${amount.currency}'` };
}

/** An order that a presented code made waits for nobody but the payer, who types his password. */
function standing(answer: QueryAnswer, order: Order): QueryAnswer {
  return answer.kind === 'open' && isPresented(order) ? { kind: 'pending' } : answer;
}

/** Closes the order. Anything but 204 means: ask, it was probably paid in between (channels.md 1.4). */
export async function close(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const path = `/v3/pay/transactions/out-trade-no/${order.reference}/close`;
  const spoken = await speak(call, 'POST', path, { mchid: call.account.mchid });
  if (spoken.kind === 'done' && spoken.status === 204) return { kind: 'closed' };
  if (spoken.kind === 'done') return unclear(`${spoken.status} where 204 is the only yes`);
  if (spoken.kind !== 'refused') return spoken;
  return { kind: 'refused', detail: `${spoken.status} ${spoken.error.code}` };
}
