import { z } from 'zod';

import type { CallbackReading, RawCallback } from '../callback.ts';
import { type Parameters, parametersOf } from '../form.ts';
import type { Account } from './account.ts';
import { referenceOf } from './number.ts';
import { returned } from './refund.ts';
import { done } from './refusal.ts';
import { isGenuine } from './signature.ts';
import { receiptOf, transaction } from './transaction.ts';

const notice = z.object({
  merId: z.string(),
  orderId: z.string().min(1),
  txnType: z.string(),
  respCode: z.string(),
  queryId: z.string().min(1),
});
type Notice = z.infer<typeof notice>;

/**
 * Verifies and reads a notice (docs/channels/unionpay.md 4). It bears no time of its sending and is sent for a quarter of an
 * hour; only what is done is told, which stays true. The amount is compared by the caller.
 */
export function readCallback(account: Account, { body }: RawCallback): CallbackReading {
  const message = parametersOf(body.toString('utf8'));
  if (!message || !isGenuine(account, message))
    return { kind: 'forged', detail: 'the signature is not UnionPay’s' };
  const found = notice.safeParse(message).data;
  if (!found) return { kind: 'meaningless', detail: 'signed, but not a notice of a transaction' };
  if (found.merId !== account.mer_id)
    return { kind: 'foreign', detail: `a notice for the merchant ${found.merId}` };
  return told(found, message);
}

function told({ orderId, txnType, respCode, queryId }: Notice, message: Parameters): CallbackReading {
  const event = `${txnType}:${queryId}`; // a notice has no number of its own
  if (!done.has(respCode))
    return { kind: 'irrelevant', event, detail: `respCode '${respCode}': nothing moved` };
  if (txnType === '01') return ofOrder(event, referenceOf('att', orderId), message);
  if (txnType === '04') return ofRefund(event, referenceOf('ref', orderId), message);
  return { kind: 'irrelevant', event, detail: `nothing is learned from txnType '${txnType}'` };
} // prettier-ignore

function ofOrder(event: string, reference: string, message: Parameters): CallbackReading {
  const found = transaction.safeParse(message).data;
  const receipt = found && receiptOf(found);
  if (!receipt) return { kind: 'meaningless', detail: 'paid, but without time or amount' };
  return { kind: 'attempt', event, reference, answer: { kind: 'approved', receipt } };
}

function ofRefund(event: string, reference: string, message: Parameters): CallbackReading {
  const answer = returned(message);
  if (answer.kind !== 'refund') return { kind: 'meaningless', detail: 'a refund without an amount' };
  return { kind: 'refund', event, reference, answer };
} // prettier-ignore
