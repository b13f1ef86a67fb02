import type { Call } from '../call.ts';
import { applyAbnormalRefund } from './abnormal-refund.ts';
import { refund } from './refund.ts';
import { queryRefund } from './refund-wire.ts';
import { about, type Asked, member } from './request.ts';
import { channel } from './wording.ts';

export function refundCall(asked: Asked): Call {
  const { options, body } = asked;
  const number = member(body, 'out_refund_no');
  const paid =
    options.books.find(channel, member(body, 'out_trade_no')) ??
    options.books.findTaking(channel, member(body, 'transaction_id'))?.transaction;
  const references = paid ? [paid.reference, number] : [number];
  return about('refund', references, paid, (faults) => refund(asked, faults));
}

/** A refund once more, and so it is to whoever arms faults. */
export function abnormalCall(asked: Asked): Call {
  const known = asked.options.books.findRefund(channel, asked.number);
  const references = known
    ? [known.transaction.reference, known.refund.reference]
    : [member(asked.body, 'out_refund_no')];
  return about('refund', references, known?.refund, (faults) =>
    applyAbnormalRefund(asked, faults.has('refund_bounce')),
  );
}

export function queryRefundCall({ options: { books }, number }: Asked): Call {
  const known = books.findRefund(channel, number);
  const references = known ? [known.transaction.reference, number] : [number];
  return about('query_refund', references, known?.refund, () => queryRefund(books, number));
}
