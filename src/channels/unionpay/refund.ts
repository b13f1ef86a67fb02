import type { RefundAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Parameters } from '../form.ts';
import type { RefundOrder } from '../refund.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { numberOf } from './number.ts';
import { productOf } from './order.ts';
import { ask, isAbout } from './query.ts';
import { done, failureFrom, refusalIn, underWay } from './refusal.ts';
import { speak } from './request.ts';
import { cny, moneyOf, transaction } from './transaction.ts';

/** Gives money back: taken at first, and done when a notice or the query says so. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const number = numberOf('ref', order);
  const spoken = await speak(call, 'back', {
    txnType: '04',
    txnSubType: '00',
    ...productOf(order),
    ...number,
    origQryId: order.receipt_reference,
    txnAmt: String(order.amount),
    currencyCode: '156',
    backUrl: order.notify_url,
  });
  if (spoken.kind !== 'told') return spoken;
  const { told } = spoken;
  if (done.has(told['respCode'] ?? '')) return taken(call, order, told);
  const failure = refusalIn(told);
  return failure
    ? { kind: 'declined', failure }
    : unclear(`respCode '${told['respCode']}' to a refund`);
}

function taken(call: Call<Account>, order: RefundOrder, told: Parameters): RefundAnswer {
  if (!isAbout(call, numberOf('ref', order), told)) return ofAnother(order, told);
  const channel_reference = told['queryId'] || null;
  return { kind: 'refund', status: 'processing', channel_reference, amount: order.amount, currency: cny }; // prettier-ignore
}

/** Asks what became of our refund. */
export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const number = numberOf('ref', order);
  const spoken = await ask(call, number);
  if (spoken.kind !== 'told') return { kind: 'unknown', detail: spoken.detail };
  const { told } = spoken;
  if (told['respCode'] === '34') return { kind: 'not_found' };
  if (told['respCode'] !== '00') return unclear(`respCode '${told['respCode']}' to a question`);
  return isAbout(call, number, told) ? stateOf(order, told) : ofAnother(order, told);
}

function stateOf(order: RefundOrder, told: Parameters): RefundAnswer {
  const { origRespCode = '', origRespMsg } = told;
  const channel_reference = told['queryId'] || null;
  if (done.has(origRespCode)) return returned(told);
  const { amount } = order;
  const ours = { kind: 'refund', channel_reference, amount, currency: cny } as const;
  if (underWay.has(origRespCode)) return { ...ours, status: 'processing' };
  const failure = failureFrom(origRespCode, origRespMsg);
  return failure
    ? { ...ours, status: 'failed', failure }
    : unclear(`origRespCode '${origRespCode}' is not known`);
}

/** A refund that is done, as UnionPay tells it: the amount is compared by the domain. */
export function returned(told: Parameters): RefundAnswer {
  const found = transaction.safeParse(told).data;
  const money = found && moneyOf(found);
  if (!money) return unclear('given back, but without number, time or amount');
  return { kind: 'refund', status: 'succeeded', channel_reference: found.queryId, ...money };
}

function ofAnother({ reference }: RefundOrder, { orderId, txnTime }: Parameters): RefundAnswer {
  return { kind: 'disagrees', detail: `asked about ${reference}, told about ${orderId} of ${txnTime}` }; // prettier-ignore
}
