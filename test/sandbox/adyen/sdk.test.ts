import {
  CheckoutAPI,
  Client,
  Config,
  EnvironmentEnum,
  HttpClientException,
  Types,
} from '@adyen/api-library';

import { freshNumber } from '../merchant.ts';
import { browse } from '../payer-browser.ts';
import { type AdyenShop, openAdyenShop } from './shop.ts';

/** Adyen's own library as the merchant; his receiver verifies what he is told with it, too. */
let shop: AdyenShop;
let checkout: CheckoutAPI;
beforeAll(async () => {
  shop = await openAdyenShop({ SANDBOX_ADYEN_PARTIAL_CAPTURES: 'multiple' });
  const config = new Config({ apiKey: shop.keys.api_key, environment: EnvironmentEnum.TEST });
  checkout = new CheckoutAPI(new Client(config, { request }));
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** The library knows no other host than Adyen's: what it sends goes to the sandbox instead. */
async function request(endpoint: string, json: string | Buffer, config: Config, _: boolean, options: any) {
  const response = await fetch(endpoint.replace('https://checkout-test.adyen.com', shop.sandbox.adyen), {
    method: options.method,
    headers: { 'X-API-Key': config.apiKey!, 'Idempotency-Key': options.idempotencyKey },
    body: String(json),
  });
  const { status: statusCode } = response;
  const responseBody = await response.text();
  const { errorCode } = JSON.parse(responseBody);
  if (response.ok) return responseBody;
  throw new HttpClientException({ message: responseBody, statusCode, errorCode, responseBody });
} // prettier-ignore

const once = () => ({ idempotencyKey: freshNumber('key') });
const paid = (token: string, more: object = {}) =>
  checkout.PaymentsApi.payments(shop.payment(token, more), once());
const eur = (value: number) => ({ currency: 'EUR', value });
const of = (more: object): any => ({ merchantAccount: shop.keys.merchant_account, ...more });
const { ResultCodeEnum } = Types.checkout.PaymentResponse;

test('a payment is taken and refunded', async () => {
  const payment = await paid('tok_ok');
  expect(payment).toMatchObject({ resultCode: ResultCodeEnum.Authorised, amount: eur(1999) });
  const asked = of({ amount: eur(500), reference: 'ref_sdk' });
  const { ModificationsApi } = checkout;
  const refund = await ModificationsApi.refundCapturedPayment(payment.pspReference!, asked, once());
  expect(refund).toMatchObject({
    status: Types.checkout.PaymentRefundResponse.StatusEnum.Received,
    paymentPspReference: payment.pspReference,
  });
  expect(await shop.receiver.event('REFUND', 'ref_sdk')).toMatchObject({
    pspReference: refund.pspReference,
  });
  expect(shop.receiver.heard.every(({ isGenuine }) => isGenuine)).toBe(true);
});

test('a hold is captured in part, and the rest cancelled', async () => {
  const { pspReference = '', merchantReference } = await paid('tok_ok', { additionalData: { manualCapture: 'true' } });
  const { ModificationsApi } = checkout;
  const asked = of({ amount: eur(500), reference: 'cap_sdk' });
  expect(await ModificationsApi.captureAuthorisedPayment(pspReference, asked, once())).toMatchObject({
    amount: eur(500),
    reference: 'cap_sdk',
  });
  await shop.receiver.event('CAPTURE', 'cap_sdk');
  await ModificationsApi.cancelAuthorisedPaymentByPspReference(pspReference, of({}), once());
  expect(await shop.receiver.event('CANCELLATION')).toMatchObject({ success: 'true' });
  await shop.becomes({ merchantReference }, { state: 'paid', captured: 500 });
}); // prettier-ignore

test('a payer is redirected, and back', async () => {
  const payment = await paid('tok_3ds');
  expect(payment.resultCode).toBe(ResultCodeEnum.RedirectShopper);
  const action = payment.action as Types.checkout.CheckoutRedirectAction;
  const page = await browse(action.url!);
  const back = await browse(`${shop.sandbox.adyen}${page.buttons['authenticate']}`, { method: 'POST' });
  const redirectResult = new URL(back.location!).searchParams.get('redirectResult')!;
  const asked: any = { details: { redirectResult } };
  const details = await checkout.PaymentsApi.paymentsDetails(asked, once());
  expect(details).toMatchObject({
    resultCode: Types.checkout.PaymentDetailsResponse.ResultCodeEnum.Authorised,
    pspReference: payment.pspReference,
  });
}); // prettier-ignore

test('a refusal is an answer, and an error is an exception', async () => {
  expect(await paid('tok_expired')).toMatchObject({
    resultCode: ResultCodeEnum.Refused,
    refusalReasonCode: '6',
  });
  const wrong = paid('tok_ok', { merchantAccount: 'SomebodyElse' });
  await expect(wrong).rejects.toMatchObject({ statusCode: 403, errorCode: '901' });
});
