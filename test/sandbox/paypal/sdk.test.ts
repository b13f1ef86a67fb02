import {
  CheckoutPaymentIntent,
  Client,
  Environment,
  OrdersController,
  PaymentsController,
  RefundStatus,
  TransactionSearchController,
} from '@paypal/paypal-server-sdk';

import { later, sandboxNow } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { openPaypalShop, type PaypalShop } from './shop.ts';

/** PayPal's own SDK as the merchant: it refuses answers that are not as it knows them. */
let shop: PaypalShop;
let orders: OrdersController;
let payments: PaymentsController;
let search: TransactionSearchController;
beforeAll(async () => {
  shop = await openPaypalShop();
  const client = new Client({
    environment: Environment.Sandbox,
    clientCredentialsAuthCredentials: {
      oAuthClientId: shop.keys.client_id,
      oAuthClientSecret: shop.keys.client_secret,
    },
    unstable_httpClientOptions: { adapter: fetched },
  });
  orders = new OrdersController(client);
  payments = new PaymentsController(client);
  search = new TransactionSearchController(client);
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** The SDK knows no other host than PayPal's: what it sends goes to the sandbox instead. */
async function fetched(config: any) {
  const url = (config.url as string).replace(
    'https://api-m.sandbox.paypal.com',
    shop.sandbox.paypal,
  );
  const { method, headers, data } = config;
  const response = await fetch(url, { method, headers, body: data });
  const { status, statusText } = response;
  const heard = Object.fromEntries(response.headers);
  return { data: await response.text(), status, statusText, headers: heard, config };
}

const usd = (value: string) => ({ currencyCode: 'USD', value });
const created = async (intent: CheckoutPaymentIntent, reference = freshNumber()) => {
  const { result } = await orders.createOrder({
    paypalRequestId: freshNumber('key'),
    prefer: 'return=representation',
    body: {
      intent,
      purchaseUnits: [{ customId: reference, invoiceId: reference, amount: usd('19.99') }],
      paymentSource: { paypal: { experienceContext: { returnUrl: 'https://shop.example/back' } } },
    },
  });
  return { id: result.id!, reference, result };
};
const approve = (reference: string) =>
  shop.sandbox.call('POST', `/control/payers/paypal/${reference}`, { action: 'pay' });
const key = () => ({ paypalRequestId: freshNumber('key'), prefer: 'return=representation' });

test('an order is made, approved, captured and refunded', async () => {
  const { id, reference, result } = await created(CheckoutPaymentIntent.Capture);
  expect(result.links!.map(({ rel }) => rel)).toEqual(['self', 'payer-action']);
  await expect(orders.captureOrder({ id, ...key() })).rejects.toMatchObject({
    statusCode: 422,
    result: { details: [{ issue: 'ORDER_NOT_APPROVED' }] },
  });
  await approve(reference);
  expect((await orders.getOrder({ id })).result.status).toBe('APPROVED');
  const { result: paid } = await orders.captureOrder({ id, ...key() });
  const capture = paid.purchaseUnits![0]!.payments!.captures![0]!;
  expect(capture).toMatchObject({ status: 'COMPLETED', amount: usd('19.99'), customId: reference });
  const asked = { captureId: capture.id!, body: { amount: usd('5.00') }, ...key() };
  const { result: refund } = await payments.refundCapturedPayment(asked);
  expect(refund).toMatchObject({ status: 'PENDING', amount: usd('5.00') });
  await until(
    async () => (await payments.getRefund({ refundId: refund.id! })).result.status,
    (status) => status === RefundStatus.Completed,
  );
  const { result: after } = await payments.getCapturedPayment({ captureId: capture.id! });
  expect(after.status).toBe('PARTIALLY_REFUNDED');
});

test('a hold is made, captured in part and voided', async () => {
  const { id, reference } = await created(CheckoutPaymentIntent.Authorize);
  await approve(reference);
  const { result: held } = await orders.authorizeOrder({ id, ...key() });
  const authorizationId = held.purchaseUnits![0]!.payments!.authorizations![0]!.id!;
  const part = { authorizationId, body: { amount: usd('5.00') }, ...key() };
  const { result: capture } = await payments.captureAuthorizedPayment(part);
  expect(capture).toMatchObject({ status: 'COMPLETED', amount: usd('5.00') });
  const { result: voided } = await payments.voidPayment({ authorizationId, ...key() });
  expect(voided).toMatchObject({ id: authorizationId, status: 'VOIDED' });
});

test('what was paid on a day is listed', async () => {
  const { id, reference } = await created(CheckoutPaymentIntent.Capture);
  await approve(reference);
  await orders.captureOrder({ id, ...key() });
  const today = new Date(sandboxNow()).toISOString().slice(0, 10);
  await later(shop.sandbox, 2 * 86_400_000);
  const { result } = await search.searchTransactions({
    startDate: `${today}T00:00:00Z`,
    endDate: `${today}T23:59:59Z`,
    fields: 'all',
  });
  expect(result.transactionDetails).toEqual([
    {
      transactionInfo: expect.objectContaining({
        customField: reference,
        transactionEventCode: 'T0006',
        transactionAmount: usd('19.99'),
        transactionStatus: 'S',
      }),
    },
  ]);
});

test('who has the wrong secret is told so', async () => {
  const client = new Client({
    environment: Environment.Sandbox,
    clientCredentialsAuthCredentials: { oAuthClientId: 'nobody', oAuthClientSecret: 'secret' },
    unstable_httpClientOptions: { adapter: fetched },
  });
  await expect(new OrdersController(client).getOrder({ id: 'X' })).rejects.toThrow();
});
