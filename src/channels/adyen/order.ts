import type { CloseAnswer, ConfirmAnswer, CreateAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import type { Account } from './account.ts';
import { browserOf } from './browser.ts';
import { errorOf } from './failure.ts';
import { toWire } from './money.ts';
import { paymentSaid, returnSaid } from './payment.ts';
import { post } from './request.ts';
import { takeInto } from './return.ts';
import { storedCard } from './stored-card.ts';

/** Takes the money or a hold, or says where the payer must go first. */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const spoken = await post(call, '/payments', order.channel_key, contentOf(call.account, order));
  if (spoken.kind === 'done') return paymentSaid(spoken.body, order, call.now());
  if (spoken.kind === 'denied') return errorOf(spoken, 'channel_unavailable');
  return spoken.kind === 'refused' ? errorOf(spoken) : spoken;
}

/** The same at each resend. A card is authenticated on a page, for no component of Adyen's runs in the merchant's. */
function contentOf({ merchant_account: merchantAccount }: Account, order: Order): object {
  const { reference, notify_url, capture } = order;
  return {
    merchantAccount,
    amount: toWire(order),
    reference,
    returnUrl: takeInto(notify_url, reference),
    channel: 'Web',
    ...storedCard(order),
    ...browserOf(order),
    authenticationData: { threeDSRequestData: { nativeThreeDS: 'disabled' } },
    ...(capture === 'automatic'
      ? { captureDelayHours: 0 }
      : { additionalData: { manualCapture: 'true' } }),
  };
}

/**
 * Takes the money by what the payer brought back. What Adyen cannot read somebody else made up: nothing is taken by it,
 * and the payer has yet to come. Throws without it, a bug.
 */
export async function confirm(call: Call<Account>, order: Order): Promise<ConfirmAnswer> {
  const { returned, channel_key } = order;
  if (!returned) throw new Error(`${order.reference}: nobody has come back`);
  const content = { details: { redirectResult: returned } };
  const spoken = await post(call, '/payments/details', channel_key, content);
  if (spoken.kind === 'done') return returnSaid(spoken.body, order, call.now());
  if (spoken.kind === 'denied') return errorOf(spoken, 'channel_unavailable');
  return spoken.kind === 'refused' ? { kind: 'refused', detail: spoken.detail } : spoken;
}

/** What is not held cannot be ended at Adyen: the payer who was sent away pays nothing unless we confirm it. */
export function close(): Promise<CloseAnswer> {
  return Promise.resolve({ kind: 'refused', detail: 'nothing is held' });
}
