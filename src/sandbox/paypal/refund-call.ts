import type { Answer } from '../call.ts';
import { about, type Asked, type Routed, withParameters } from './call.ts';
import { findCapture } from './order.ts';
import { payable, refundRequest } from './parameters.ts';
import { wireRefund } from './payment-wire.ts';
import { refund } from './refund.ts';
import { minimal } from './resource.ts';
import { channel, missing, unprocessable } from './wording.ts';

/** `POST /v2/payments/captures/{id}/refund`; without an amount all that is left. */
export function refundCall(request: Asked): Routed {
  const { options, id } = request;
  return withParameters(refundRequest, request, (given) => {
    const known = findCapture(options.books, id);
    if (!known) return { refused: missing() };
    const amount = given.amount && payable(given.amount, '/amount/value');
    if (amount && 'refused' in amount) return amount;
    if (given.amount && given.amount.currency_code !== known.order.currency)
      return { refused: unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH') };
    return about(known.order, {
      operation: 'refund',
      references: [known.order.reference, given.custom_id ?? given.invoice_id ?? ''],
      names_amount: request.isFull,
      latest: (made) => refundAnswer(request, made, 201),
      commit: (faults) => {
        const of = findCapture(options.books, id) ?? known;
        const bounces = faults.has('refund_bounce');
        const lacksFunds = faults.has('insufficient_merchant_balance');
        const wanted = { amount: amount?.minor ?? null, given, bounces, lacksFunds };
        const given_back = refund(options, of, wanted);
        if ('refused' in given_back) return given_back.refused;
        return refundAnswer(request, given_back.refund.refund_id, 201);
      },
    });
  });
}

/** `GET /v2/payments/refunds/{id}`, by PayPal's number. */
export function queryRefundCall(request: Asked): Routed {
  const { id, options } = request;
  const found = options.books.findRefund(channel, id);
  if (found?.refund.refund_id !== id) return { refused: missing() };
  return about(null, {
    operation: 'query_refund',
    references: [found.transaction.reference, found.refund.reference],
    known_since: found.refund.created_at,
    commit: () => refundAnswer({ ...request, isFull: true }, id, 200),
  });
}

function refundAnswer({ options, isFull }: Asked, id: string, status: number): Answer {
  const found = options.books.findRefund(channel, id);
  if (!found) return missing();
  const wire = wireRefund(options, found.refund);
  return { status, body: isFull ? wire : minimal(wire) };
}
