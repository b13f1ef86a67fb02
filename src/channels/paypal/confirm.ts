import { type ConfirmAnswer, confirmedBy } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { orderSaid } from './checkout-order.ts';
import { linkTo, type WireError } from './error.ts';
import { failureFrom } from './failure.ts';
import { addressOf, isMissing, isNumberTaken, unavailable } from './order.ts';
import { post, type Refusal } from './request.ts';

/** Takes the money or the hold that the payer has agreed to. Throws without the order's number, a bug. */
export async function confirm(call: Call<Account>, order: Order): Promise<ConfirmAnswer> {
  const deed = order.capture === 'manual' ? 'authorize' : 'capture';
  const spoken = await post(call, `${addressOf(order)}/${deed}`, order.channel_key, {});
  if (spoken.kind === 'done') return confirmedBy(orderSaid(spoken.body, call.account, order));
  if (spoken.kind === 'denied') return unavailable(spoken.error);
  if (spoken.kind !== 'refused') return spoken;
  return refused(spoken, isMissing(spoken));
}

/** Not what we sent was wrong, but where the order stands: it is asked for. */
const aboutState = new Set([
  'ORDER_ALREADY_CAPTURED',
  'ORDER_ALREADY_AUTHORIZED',
  'ORDER_COMPLETION_IN_PROGRESS',
  'ORDER_COMPLETED_OR_VOIDED',
  'ORDER_EXPIRED',
  'ORDER_NOT_APPROVED',
]);

function refused({ error, detail }: Refusal, isGone: boolean): ConfirmAnswer {
  if (isGone || isNumberTaken(error) || aboutState.has(error.issue)) return unclear(detail);
  if (error.issue === 'PAYER_ACTION_REQUIRED') return actionOf(error, detail);
  return { kind: 'declined', failure: failureFrom(error) };
}

/** He must come by once more. */
function actionOf({ links }: WireError, detail: string): ConfirmAnswer {
  const url = linkTo(links, 'payer-action', 'redirect', 'approve');
  if (url === null) return unclear(detail);
  return { kind: 'action_required', next_action: { type: 'redirect', url }, code_ends_at: null };
}
