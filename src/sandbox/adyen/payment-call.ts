import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { authorise, begin, redirect, refuse, takeTime } from './authorisation.ts';
import { about, type Asked, type Routed, withParameters } from './call.ts';
import { type Conduct, conductOf } from './card.ts';
import { authCodeOf } from './notification.ts';
import { detailsRequest } from './parameters.ts';
import { type AdyenOptions, current, findPayment, type Payment } from './payment.ts';
import { type PaymentRequest, paymentRequest } from './payment-request.ts';
import { freshReference } from './psp-reference.ts';
import { opened, pageUrl } from './redirect.ts';
import { notAuthenticated, resultCodeOf } from './refusal.ts';
import { alreadyProcessed, refusal } from './wording.ts';

/** `POST /payments`: charges the card at once, unless the payer has to act first. */
export function paymentCall(request: Asked): Routed {
  return withParameters(paymentRequest, request, (given) => {
    const token = given.paymentMethod.storedPaymentMethodId;
    const conduct = conductOf(token);
    if (!conduct) return { refused: refusal(422, '803', 'PaymentDetail not found') };
    return about(null, {
      operation: 'create',
      references: [given.reference],
      names_amount: conduct.kind === 'pays',
      token,
      commit: () => {
        const payment = made(request.options, given);
        begin(request.options, payment);
        charge(request.options, payment, isBlind(conduct, given) ? unproved : conduct);
        return answer(request.options, payment);
      },
    });
  });
}

function made({ capturesByHand }: AdyenOptions, given: PaymentRequest): Payment {
  const { amount, reference, returnUrl } = given;
  return {
    psp_reference: freshReference(),
    reference,
    created_at: clock.now(),
    amount: amount.value,
    currency: amount.currency,
    return_url: returnUrl,
    capture_delay_h: captureDelay(given, capturesByHand),
    status: 'pending',
    refusal: null,
    challenge: null,
    settles_at: null,
    authorised_at: null,
    hold_ends_at: null,
    hold_ended: null,
    captures: [],
    cancels: [],
  };
}

/** What the request says of its capture goes before what the account does. */
function captureDelay(
  { captureDelayHours, additionalData }: PaymentRequest,
  capturesByHand: boolean,
): number | null {
  if (additionalData.manualCapture === 'true') return null;
  if (captureDelayHours !== undefined) return captureDelayHours;
  return capturesByHand && additionalData.manualCapture !== 'false' ? null : 0;
}

/** Adyen cannot send the payer to his bank without these (PaymentRequest, `browserInfo` and `shopperIP`). */
function isBlind(conduct: Conduct, { browserInfo, shopperIP }: PaymentRequest): boolean {
  if (conduct.kind !== 'asks_payer' || !conduct.of_browser) return false;
  return browserInfo === undefined || shopperIP === undefined;
}

const unproved: Conduct = { kind: 'declines', refusal: notAuthenticated };

function charge(options: AdyenOptions, payment: Payment, conduct: Conduct): void {
  switch (conduct.kind) {
    case 'pays':
      return void authorise(options, payment);
    case 'declines':
      return void refuse(options, payment, conduct.refusal);
    case 'asks_payer':
      return void redirect(options, payment);
    case 'takes_time':
      return void takeTime(options, payment);
    case 'silent':
      if (conduct.charged) authorise(options, payment);
  }
}

/** `POST /payments/details`: the payer is back, and the card is charged if he has proved to be its holder. */
export function detailsCall(request: Asked): Routed {
  const { options } = request;
  return withParameters(detailsRequest, request, ({ details }) => {
    const number = opened(details.redirectResult, 'result');
    const known = number === null ? null : findPayment(options.books, number);
    if (!known) return { refused: refusal(422, '14_0408', 'Invalid redirectResult') };
    return about(known, {
      operation: 'create',
      names_amount: known.challenge === 'passed',
      commit: () => finish(options, current(options.books, known)),
    });
  });
}

/** Once only: who asks again without the key of the first time is not told what came of it. */
function finish(options: AdyenOptions, payment: Payment): Answer {
  const { status, challenge } = payment;
  if (status === 'cancelled') return answer(options, payment);
  if (status !== 'redirected') return alreadyProcessed();
  if (challenge === 'passed') authorise(options, payment);
  else if (challenge !== null) refuse(options, payment, challenge);
  return answer(options, payment);
}

/** How a payment stands, as Adyen answers it. */
function answer(options: AdyenOptions, known: Payment): Answer {
  const payment = current(options.books, known);
  const about = { pspReference: payment.psp_reference, merchantReference: payment.reference };
  return { status: 200, body: { ...about, ...standing(options, payment) } };
}

function standing(options: AdyenOptions, payment: Payment): object {
  const { status, refusal: why, currency, amount } = payment;
  if (status === 'redirected') return { resultCode: 'RedirectShopper', action: action(options, payment) }; // prettier-ignore
  if (status === 'pending') return { resultCode: 'Pending' };
  if (why !== null)
    return {
      resultCode: resultCodeOf(why),
      refusalReason: why.reason,
      refusalReasonCode: why.code,
    };
  return {
    resultCode: 'Authorised',
    amount: { currency, value: amount },
    paymentMethod: { brand: 'visa', type: 'scheme' },
    additionalData: {
      authCode: authCodeOf(payment),
      cardSummary: '1111',
      expiryDate: '03/2030',
      paymentMethod: 'visa',
    },
  };
}

function action(options: AdyenOptions, payment: Payment): object {
  return {
    paymentMethodType: 'scheme',
    url: pageUrl(options, payment),
    method: 'GET',
    type: 'redirect',
  };
}
