import type { CreateAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { atMostBytes } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { speak } from './request.ts';
import { failureFrom } from './response.ts';
import { type Way, wayOf } from './way.ts';

/**
 * These refuse the number, not the order: it exists, so the channel is asked what became of it.
 * INVALID_REQUEST is among its other meanings "201 商户订单号重复".
 */
const numberTaken = new Set([
  'OUTTRADENOUSED',
  'ORDERPAID',
  'ORDERCLOSED',
  'USERPAYING',
  'INVALIDREQUEST',
]);

/** Makes the order that the payer pays. A resend has the same bytes, and leads to the same order again. */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const { account } = call;
  const way = wayOf(order.method);
  const spoken = await speak(call, 'POST', `/v3/pay/transactions/${way.path}`, {
    appid: account.appid,
    mchid: account.mchid,
    description: atMostBytes(127, order.description),
    out_trade_no: order.reference,
    time_expire: inShanghai(order.expires_at),
    notify_url: order.notify_url,
    amount: { total: order.amount, currency: order.currency },
    ...way.particulars(order),
  });
  if (spoken.kind === 'done') return actionFrom(way, call, order, spoken);
  if (spoken.kind !== 'refused') return spoken;
  const { status, error } = spoken;
  if (numberTaken.has(error.key)) return unclear(`${status} ${error.code}`);
  return { kind: 'declined', failure: failureFrom(error) };
}

function actionFrom(
  way: Way,
  call: Call<Account>,
  order: Order,
  { status, body }: { status: number; body: string },
): CreateAnswer {
  const now = call.now();
  const next_action = status === 200 ? way.action(body, call.account, order, now) : null;
  if (!next_action) return unclear(`${status} without what a payer of ${way.path} needs`);
  const code_ends_at = new Date(now.getTime() + way.life_ms).toISOString();
  return { kind: 'action_required', next_action, code_ends_at };
}

/** RFC 3339 with WeChat's offset; the instant is the stored one. */
function inShanghai(time: string): string {
  return `${new Date(Date.parse(time) + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}
