import type { Answer } from '../call.ts';
import { about, type Asked, type Routed, withParameters } from './call.ts';
import { bouncing } from './capture.ts';
import { captureHeld, leftOf, voidHold } from './hold.ts';
import { findCapture, type Order, orderOf, type PaypalOptions } from './order.ts';
import { captureRequest, emptyRequest, payable } from './parameters.ts';
import { wireAuthorization, wireCapture } from './payment-wire.ts';
import { minimal } from './resource.ts';
import { missing, unprocessable } from './wording.ts';

function heldUnder({ books }: PaypalOptions, id: string): Order | null {
  const order = orderOf(books, id);
  return order?.authorization?.id === id ? order : null;
}

/** `GET /v2/payments/authorizations/{id}`. */
export function queryAuthorizationCall({ options, id }: Asked): Routed {
  const known = heldUnder(options, id);
  if (!known) return { refused: missing() };
  const body = () => wireAuthorization(options, heldUnder(options, id) ?? known);
  return about(known, { operation: 'query', commit: () => ({ status: 200, body: body() }) });
}

/** `GET /v2/payments/captures/{id}`. */
export function queryCaptureCall({ options, id }: Asked): Routed {
  const known = findCapture(options.books, id);
  if (!known) return { refused: missing() };
  const body = () => {
    const { order, capture } = findCapture(options.books, id) ?? known;
    return wireCapture(options, order, capture);
  };
  return about(known.order, { operation: 'query', commit: () => ({ status: 200, body: body() }) });
}

/** `POST /v2/payments/authorizations/{id}/capture`. */
export function captureAuthorizationCall(request: Asked): Routed {
  const { options, id } = request;
  return withParameters(captureRequest, request, (given) => {
    const known = heldUnder(options, id);
    if (!known) return { refused: missing() };
    const amount = given.amount && payable(given.amount, '/amount/value');
    if (amount && 'refused' in amount) return amount;
    if (given.amount && given.amount.currency_code !== known.currency)
      return { refused: unprocessable('AUTH_CAPTURE_CURRENCY_MISMATCH') };
    const { final_capture: final, invoice_id = null } = given;
    return about(known, {
      operation: 'capture',
      names_amount: request.isFull,
      latest: (made) => captureAnswer(request, made),
      commit: (faults) => {
        const order = heldUnder(options, id) ?? known;
        const minor = amount?.minor ?? leftOf(order);
        const part = { amount: minor, final, invoice_id, ...bouncing(faults) };
        const taken = captureHeld(options, order, part);
        return 'refused' in taken ? taken.refused : captureAnswer(request, taken.capture.id);
      },
    });
  });
}

function captureAnswer({ options, isFull }: Asked, id: string): Answer {
  const found = findCapture(options.books, id);
  if (!found) return missing();
  const wire = wireCapture(options, found.order, found.capture);
  return { status: 201, body: isFull ? wire : minimal(wire) };
}

/** `POST /v2/payments/authorizations/{id}/void`: 204, or 200 with the authorization for who prefers to see it. */
export function voidCall(request: Asked): Routed {
  const { options, id, isFull } = request;
  return withParameters(emptyRequest, request, () => {
    const known = heldUnder(options, id);
    if (!known) return { refused: missing() };
    const answer = (): Answer => {
      const body = wireAuthorization(options, heldUnder(options, id) ?? known);
      return isFull ? { status: 200, body } : { status: 204, body: null };
    };
    return about(known, {
      operation: 'void',
      names_amount: isFull,
      latest: answer,
      commit: () => voidHold(options, heldUnder(options, id) ?? known) ?? answer(),
    });
  });
}
