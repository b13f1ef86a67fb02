import type { Answer } from '../call.ts';
import type { FaultName } from '../fault.ts';
import { authorise } from './authorisation.ts';
import { about, type Asked, type Routed, withParameters, withPayment } from './call.ts';
import { receiveCancel } from './cancel.ts';
import { receiveCapture } from './capture.ts';
import { adyenKeys as keys } from './keys.ts';
import { tellNothingToCancel } from './notification.ts';
import {
  cancelRequest,
  captureRequest,
  refundRequest,
  reversalRequest,
  technicalCancelRequest,
} from './parameters.ts';
import {
  type AdyenOptions,
  capturedOf,
  current,
  type PartAsked,
  type Payment,
  paymentsOf,
} from './payment.ts';
import { freshReference } from './psp-reference.ts';
import { receiveRefund } from './refund.ts';
import { channel, refusal } from './wording.ts';

/** `POST /payments/{pspReference}/captures`. */
export function captureCall(request: Asked): Routed {
  return partCall(request, captureRequest, 'capture', 'capture_bounce', receiveCapture);
}

/** `POST /payments/{pspReference}/refunds`. */
export function refundCall(request: Asked): Routed {
  return partCall(request, refundRequest, 'refund', 'refund_bounce', receiveRefund);
}

function partCall(
  request: Asked,
  schema: typeof captureRequest | typeof refundRequest,
  operation: 'capture' | 'refund',
  bounce: FaultName,
  receive: (options: AdyenOptions, payment: Payment, asked: PartAsked) => string,
): Routed {
  const { options } = request;
  return withPayment(schema, request, (known, { amount, reference }) => {
    if (amount.currency !== known.currency) return { refused: otherCurrency() };
    return about(known, {
      operation,
      references: [known.reference, reference ?? ''],
      commit: (faults) => {
        const part = {
          amount: amount.value,
          reference: reference ?? null,
          bounces: faults.has(bounce),
        };
        const number = receive(options, current(options.books, known), part);
        return received(known, number, { reference, amount });
      },
    });
  });
}

function otherCurrency(): Answer {
  return refusal(422, '138', 'Unsupported currency specified');
}

/** `POST /payments/{pspReference}/cancels`: of a hold a void, of what waits for its payer or its bank a close. */
export function cancelCall(request: Asked): Routed {
  return reversing(request, cancelRequest, 'CANCELLATION');
}

/** `POST /payments/{pspReference}/reversals`: a void, a close, or a refund of all that was captured. */
export function reversalCall(request: Asked): Routed {
  return reversing(request, reversalRequest, 'CANCEL_OR_REFUND');
}

function reversing(
  request: Asked,
  schema: typeof cancelRequest,
  event: 'CANCELLATION' | 'CANCEL_OR_REFUND',
): Routed {
  const { options } = request;
  return withPayment(schema, request, (known, { reference }) => {
    const isRefund = event === 'CANCEL_OR_REFUND' && capturedOf(known) > 0;
    return about(known, {
      operation: isRefund ? 'refund' : operationOf(known),
      names_amount: false,
      commit: (faults) => {
        if (faults.has('pay_during_close')) payFirst(options, known);
        const payment = current(options.books, known);
        const number = receiveCancel(options, payment, event, reference ?? null);
        return received(known, number, { reference });
      },
    });
  });
}

function operationOf({ status }: Payment): 'void' | 'close' {
  return status === 'authorised' ? 'void' : 'close';
}

/** The payer is faster. */
function payFirst(options: AdyenOptions, known: Payment): void {
  const payment = current(options.books, known);
  if (payment.status === 'redirected' || payment.status === 'pending') authorise(options, payment);
}

/** `POST /cancels`: by the merchant's own number, for who never heard Adyen's. */
export function technicalCancelCall(request: Asked): Routed {
  const { options } = request;
  return withParameters(technicalCancelRequest, request, ({ paymentReference, reference }) => {
    const transaction = options.books.find(channel, paymentReference);
    const known = (transaction ? paymentsOf(transaction) : []).at(-1) ?? null;
    return about(known, {
      operation: known ? operationOf(known) : 'close',
      references: [paymentReference],
      names_amount: false,
      commit: (faults) => {
        if (known && faults.has('pay_during_close')) payFirst(options, known);
        const number = known
          ? receiveCancel(options, current(options.books, known), 'TECHNICAL_CANCEL', reference ?? null) // prettier-ignore
          : freshReference();
        if (!known) tellNothingToCancel(options, number, paymentReference);
        return received(null, number, { paymentReference, reference });
      },
    });
  });
}

/** 201: whether it can be done is told later. */
function received(known: Payment | null, pspReference: string, said: object): Answer {
  const about = known ? { paymentPspReference: known.psp_reference } : {};
  const body = {
    merchantAccount: keys.merchant_account,
    ...about,
    pspReference,
    status: 'received',
    ...said,
  };
  return { status: 201, body };
}
