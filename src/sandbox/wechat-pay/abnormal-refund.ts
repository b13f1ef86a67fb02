import { z } from 'zod';

import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { left } from './refund.ts';
import { plan, withRefund } from './refund-outcome.ts';
import { ownOf, type OwnRefund, type Refund, wireRefund } from './refund-wire.ts';
import type { Asked } from './request.ts';
import { decrypted } from './signature.ts';
import { channel, paramError, refusal } from './wording.ts';

const request = z.discriminatedUnion('type', [
  z.looseObject({ out_refund_no: z.string(), type: z.literal('MERCHANT_BANK_CARD') }),
  z.looseObject({
    out_refund_no: z.string(),
    type: z.literal('USER_BANK_CARD'),
    bank_type: z.string().min(1),
    bank_account: z.string().min(1),
    real_name: z.string().min(1),
  }),
]);
type AbnormalRefund = z.infer<typeof request>;

/**
 * `POST /v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund`: what could not be delivered goes to another card
 * of the payer, or to the merchant's own, which closes the refund (the documents name no status for that).
 *
 * @param bounces it will turn out to be undeliverable again
 */
export function applyAbnormalRefund(
  { options, number, body, serial }: Asked,
  bounces: boolean,
): Answer {
  const parsed = request.safeParse(body);
  if (!parsed.success) return paramError(parsed.error);
  const found = options.books.findRefund(channel, number);
  if (found?.refund.refund_id !== number || found.refund.reference !== parsed.data.out_refund_no)
    return refusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  const wrong = unreadable(parsed.data, serial) ?? forbidden(found);
  if (wrong) return wrong;
  const to = parsed.data.type === 'USER_BANK_CARD' ? 'card' : 'merchant';
  const refund = {
    ...found.refund,
    state: 'processing' as const,
    settles_at: clock.now() + options.refundMs,
    bounces,
    own: { ...ownOf(found.refund), to } satisfies OwnRefund,
  };
  options.books.save(withRefund(found.transaction, refund));
  plan(options, refund);
  return { status: 200, body: wireRefund(found.transaction, refund) };
}

/** Names and accounts are encrypted with the key that `Wechatpay-Serial` names. */
function unreadable(asked: AbnormalRefund, serial: string): Answer | null {
  if (asked.type === 'MERCHANT_BANK_CARD') return null;
  const wrong = (['bank_account', 'real_name'] as const).filter(
    (name) => decrypted(asked[name], serial) === null,
  );
  return wrong.length === 0
    ? null
    : refusal(400, 'PARAM_ERROR', `${wrong.join(', ')}: 敏感信息解密失败`);
}

function forbidden({ transaction, refund }: Refund): Answer | null {
  if (refund.state !== 'failed' || ownOf(refund).to === 'merchant')
    return refusal(400, 'INVALID_REQUEST', '退款单状态不是退款异常');
  const taking = transaction.takings.find((one) => one.transaction_id === refund.transaction_id);
  const has = taking ? left(transaction, taking) : 0;
  return refund.amount > has ? refusal(403, 'NOT_ENOUGH', '可退金额不足') : null;
}
