import type { CloseAnswer, CreateAnswer, QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { atMostBytes } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { transactionSaid } from './order.ts';
import { speak } from './request.ts';
import { failureFrom, readError, type WireError } from './response.ts';

/** These refuse the number, not the charge: there is an order, so the channel is asked what became of it. */
const numberTaken = new Set([
  'OUTTRADENOUSED',
  'ORDERPAID',
  'ORDERCLOSED',
  'ORDERREVERSED',
  'INVALIDREQUEST',
]);

/**
 * Charges with the code that the payer presents (channels.md 1.4). Paid at once, or he is asked for his password
 * (`USERPAYING`); WeChat calls back in neither case, and takes no end of the order: the shop ends it.
 */
export async function charge(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const { appid, mchid } = call.account;
  const spoken = await speak(call, 'POST', '/v3/pay/transactions/codepay', {
    appid,
    mchid,
    description: atMostBytes(127, order.description),
    out_trade_no: order.reference,
    amount: { total: order.amount, currency: order.currency },
    payer: { auth_code: order.token },
    scene_info: { store_info: { out_id: mchid } }, // mandatory; an account is one shop to us
  });
  if (spoken.kind === 'done') return charged(spoken, call.account, order);
  if (spoken.kind !== 'refused') return spoken;
  return refused(spoken.error);
}

function charged(
  said: { status: number; body: string },
  account: Account,
  order: Order,
): CreateAnswer {
  if (readError(said.body)?.key === 'USERPAYING') return { kind: 'pending' };
  return chargedBy(transactionSaid(said, account, order));
}

function refused(error: WireError): CreateAnswer {
  if (error.key === 'USERPAYING') return { kind: 'pending' };
  if (numberTaken.has(error.key)) return unclear(error.code);
  return { kind: 'declined', failure: failureFrom(error) };
}

/** What a transaction says in answer to its charge; that it is over or another one is none, and asked about. */
function chargedBy(answer: QueryAnswer): CreateAnswer {
  switch (answer.kind) {
    case 'approved':
    case 'declined':
    case 'unknown':
      return answer;
    case 'pending':
      return { kind: 'pending' };
    default:
      return unclear(`charged, and it is ${answer.kind}`);
  }
}

/**
 * Reverses the order: unpaid it is closed, paid it is given back (channels.md 1.4). One that WeChat does not know has
 * nothing to reverse; whether it is still to come, a query tells.
 */
export async function reverse(call: Call<Account>, { reference }: Order): Promise<CloseAnswer> {
  const { appid, mchid } = call.account;
  const path = `/v3/pay/transactions/out-trade-no/${reference}/reverse`;
  const spoken = await speak(call, 'POST', path, { appid, mchid });
  if (spoken.kind === 'done') return { kind: 'closed' };
  if (spoken.kind !== 'refused') return spoken;
  if (spoken.error.key === 'ORDERNOTEXIST') return { kind: 'closed' };
  return { kind: 'refused', detail: `${spoken.status} ${spoken.error.code}` };
}
