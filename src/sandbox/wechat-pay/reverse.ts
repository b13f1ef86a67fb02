import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { orderOf, withOrder } from './order.ts';
import { fresh, left } from './refund.ts';
import type { OwnRefund } from './refund-wire.ts';
import type { Asked } from './request.ts';
import { channel, refusal, unknownOrder } from './wording.ts';

/**
 * `POST …/out-trade-no/{no}/reverse`: the end of an order by the payer's code, for unknown outcomes. One that was not
 * paid takes no more money, one that was paid is given back at once. Also again.
 */
export function reverse({ options: { books }, number }: Asked): Answer {
  const transaction = books.find(channel, number);
  if (!transaction) return unknownOrder;
  if (orderOf(transaction).product !== 'codepay')
    return refusal(400, 'INVALID_REQUEST', '只有付款码支付的订单可以撤销');
  if (!orderOf(transaction).reversed) books.save(undone(transaction));
  const { appid, mchid } = keys;
  return { status: 200, body: { appid, mchid, out_trade_no: number } };
}

function undone(transaction: Transaction): Transaction {
  const { state, takings, refunds } = transaction;
  const reversed = withOrder(transaction, { reversed: true });
  if (state !== 'paid') return { ...reversed, state: 'closed' };
  const back = takings
    .filter((taking) => left(transaction, taking) > 0)
    .map((taking) =>
      fresh(taking, {
        amount: left(transaction, taking),
        settles_at: clock.now(),
        bounces: false,
        state: 'succeeded',
        own: {
          notify_url: null,
          serial: orderOf(transaction).serial,
          funds_account: 'UNSETTLED',
          to: 'payer',
        } satisfies OwnRefund,
      }),
    );
  return { ...reversed, refunds: [...refunds, ...back] };
}
