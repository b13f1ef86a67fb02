import { z } from 'zod';

import { toInstant } from '../beijing.ts';
import { type CallbackReading, isStale, type RawCallback } from '../callback.ts';
import { parametersOf } from '../form.ts';
import type { Account } from './account.ts';
import { isGenuine } from './signature.ts';
import { answerOf, tradeOf, wireTrade } from './trade.ts';

const notice = wireTrade.extend({
  notify_id: z.string().min(1),
  notify_time: z.string(),
  notify_type: z.string(),
  app_id: z.string(),
  seller_id: z.string(),
});

const hour = 3_600_000;

/**
 * Verifies and reads a notice (channels.md 2.3). The same is sent for 25 hours, and what is older than that is somebody
 * else's doing. Since it may be a day old it only tells of money that came, which stays true; the amount is compared by
 * the caller.
 */
export function readCallback(account: Account, { body }: RawCallback, now: Date): CallbackReading {
  const parameters = parametersOf(body.toString('utf8'));
  if (!parameters || !isGenuine(account, parameters))
    return { kind: 'forged', detail: 'the signature is not Alipay’s' };
  const found = notice.safeParse(parameters).data;
  if (!found) return meaningless('signed, but not a notice of a trade');
  const { app_id, seller_id } = found;
  if (app_id !== account.app_id || seller_id !== account.seller_id)
    return { kind: 'foreign', detail: `a notice for app ${app_id} of seller ${seller_id}` };
  if (isStale(toInstant(found.notify_time), now, 25 * hour))
    return { kind: 'stale', detail: `sent at '${found.notify_time}' in Beijing` };
  return told(found);
}

function told(found: z.infer<typeof notice>): CallbackReading {
  const { notify_id: event, out_trade_no: reference, notify_type, trade_status } = found;
  const detail = `${notify_type}: ${trade_status}`;
  if (notify_type !== 'trade_status_sync') return { kind: 'irrelevant', event, detail };
  const answer = answerOf(tradeOf(found));
  // A notice of a refund tells of the trade, and what went back of it in all: it is the payment, told once more.
  if (answer.kind === 'approved') return { kind: 'attempt', event, reference, answer };
  // That it waits or was closed the query tells better: an old notice must not undo what came since.
  if (answer.kind !== 'unknown') return { kind: 'irrelevant', event, detail, reference };
  return meaningless(answer.detail);
}

function meaningless(detail: string): CallbackReading {
  return { kind: 'meaningless', detail };
}
