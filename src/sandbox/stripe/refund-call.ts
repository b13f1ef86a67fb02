import { about, type Asked, current, type Routed, unpayable, withParameters } from './call.ts';
import { findIntent } from './intent.ts';
import { listRefunds } from './list.ts';
import * as parameters from './parameters.ts';
import { refund } from './refund.ts';
import { wireRefund } from './wire.ts';
import { channel, missing } from './wording.ts';

/** `POST /v1/refunds`. */
export function refundCall(request: Asked): Routed {
  const { options } = request;
  return withParameters(parameters.refundParameters, request, (asked) => {
    const { payment_intent: id, amount, metadata } = asked;
    const known = findIntent(options.books, id);
    const denial = missing('payment_intent', id, 'payment_intent');
    if (!known) return { refused: denial };
    const refused = unpayable(amount, known.currency, 'amount');
    if (refused) return { refused };
    return about(known, {
      operation: 'refund',
      references: [known.reference, metadata['reference'] ?? ''],
      denial,
      commit: (faults) =>
        refund(options, current(options, known), asked, faults.has('refund_bounce')),
    });
  });
}

/** `GET /v1/refunds/{id}`, by Stripe's number. */
export function queryRefundCall(request: Asked): Routed {
  const { id, options } = request;
  return withParameters(parameters.retrieveParameters, request, () => {
    const denial = missing('refund', id, 'id');
    const found = options.books.findRefund(channel, id);
    if (found?.refund.refund_id !== id) return { refused: denial };
    const now = () => options.books.findRefund(channel, id)?.refund ?? found.refund;
    return about(null, {
      operation: 'query_refund',
      references: [found.transaction.reference, found.refund.reference],
      known_since: found.refund.created_at,
      denial,
      commit: () => ({ status: 200, body: wireRefund(now()) }),
    });
  });
}

/** `GET /v1/refunds`. A fault that denies what is there leaves the list empty. */
export function listRefundsCall(request: Asked): Routed {
  const { books } = request.options;
  return withParameters(parameters.refundListParameters, request, (asked) => {
    const { payment_intent: id } = asked;
    const refunds = () =>
      (id === undefined ? [...books.transactions.values()] : [books.findNumber(channel, id)])
        .flatMap((one) => (one?.channel === channel ? one.refunds : []))
        .filter((refund) => id === undefined || refund.transaction_id === id);
    const known = id === undefined ? null : findIntent(books, id);
    return about(known, {
      operation: 'query_refund',
      references: [known?.reference ?? '', ...refunds().map(({ reference }) => reference)],
      known_since: refunds()[0]?.created_at ?? null,
      denial: listRefunds([], asked),
      commit: () => listRefunds(refunds(), asked),
    });
  });
}
