import type { Books } from '../books.ts';
import type { Transaction } from '../transaction.ts';
import { hasExpired, orderOf } from './order.ts';
import { opened, wirePayment } from './payment-wire.ts';
import { ownOf, type Refund, standing, wireRefund } from './refund-wire.ts';
import { type Asked, echo, member, numberOf } from './request.ts';
import { channel, messageOf, responded, type ResponseCode, type Said } from './wording.ts';

/** What a query may be about. */
export type Found = { readonly order: Transaction } | Refund;

/**
 * The order or refund that a query names, by `orderId` and `txnTime` together. An order whose number fits and whose
 * time does not is there for nobody: who asks so by mistake would believe that it never was.
 */
export function findAsked(books: Books, asked: Asked): Found | null {
  const number = numberOf(asked);
  const order = books.find(channel, number);
  const found = order ? { order } : books.findRefund(channel, number);
  return found && saidOf(found)['txnTime'] === member(asked, 'txnTime') ? found : null;
}

function saidOf(found: Found): Said {
  return 'order' in found ? orderOf(found.order).asked : ownOf(found.refund).asked;
}

/** `txnType` 00. Until the payer opens an order there is none (34), while it is payable. */
export function query(books: Books, asked: Asked): Said {
  const found = findAsked(books, asked);
  if (!found) {
    dislike(books, asked);
    return responded('34');
  }
  if ('order' in found) return queryOrder(found.order, asked);
  return { ...answered(asked, standing(found.refund)), ...wireRefund(found.refund) };
}

function dislike(books: Books, asked: Asked): void {
  const number = numberOf(asked);
  const known = books.find(channel, number) ?? books.findRefund(channel, number)?.transaction;
  if (!known) return;
  const detail = `${number} is asked for with another txnTime than it was made with`;
  books.violate(channel, known.reference, 'other_txn_time', detail);
}

function queryOrder(order: Transaction, asked: Asked): Said {
  const { opened_at, tried } = orderOf(order);
  const [taking] = order.takings;
  if (taking) return { ...answered(asked, tried ?? '00'), ...wirePayment(order, taking) };
  if (opened_at === null) return responded('34');
  const code = tried ?? (hasExpired(order) ? '69' : '05');
  return { ...answered(asked, code), ...opened(order) };
}

/** `respCode` is about the question, `origRespCode` about what was asked for. */
function answered(asked: Asked, origRespCode: ResponseCode): Said {
  const { txnType: _query, ...rest } = echo(asked);
  return { ...rest, ...responded('00'), origRespCode, origRespMsg: messageOf(origRespCode) };
}
