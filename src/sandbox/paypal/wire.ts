import { paypalKeys as keys } from './keys.ts';
import { money } from './money.ts';
import type { Order, PaypalOptions } from './order.ts';
import { refundsOf, wireAuthorization, wireCapture, wireRefund } from './payment-wire.ts';
import { link, present, type Wire, wireTime } from './resource.ts';
import { channel } from './wording.ts';

const payer = {
  name: { given_name: 'Ada', surname: 'Buyer' },
  email_address: 'sb-buyer@personal.example.com',
  payer_id: 'QYR5Z8XDVJNXQ',
  address: { country_code: 'US' },
};
export const payerId = payer.payer_id;

/** An order as PayPal shows it in full (channels.md 4). */
export function wireOrder(options: PaypalOptions, order: Order): Wire {
  return {
    ...minimalOrder(options, order),
    intent: order.intent,
    purchase_units: [purchaseUnit(options, order)],
    create_time: wireTime(order.created_at),
    ...(order.updated_at > order.created_at ? { update_time: wireTime(order.updated_at) } : {}),
  };
}

/** What `Prefer: return=minimal` leaves of it; of a capture or an authorization it leaves what that has made. */
export function minimalOrder(options: PaypalOptions, order: Order): Wire {
  const { id, status } = order;
  const isApproved = status === 'APPROVED' || status === 'COMPLETED';
  const payments = paymentsOf(options, order);
  return {
    id,
    status,
    ...(status === 'CREATED' ? {} : { payment_source: { paypal: isApproved ? wallet() : {} } }),
    ...(payments ? { purchase_units: [{ reference_id: order.reference_id, payments }] } : {}),
    ...(isApproved ? { payer } : {}),
    links: orderLinks(options, order),
  };
}

function wallet(): Wire {
  const { name, email_address, payer_id: account_id, address } = payer;
  return { email_address, account_id, account_status: 'VERIFIED', name, address };
}

function purchaseUnit(options: PaypalOptions, order: Order): Wire {
  const { reference_id, amount, currency, description, custom_id, invoice_id } = order;
  return {
    reference_id,
    amount: money(amount, currency),
    payee: { email_address: 'sb-shop@business.example.com', merchant_id: keys.merchant_id },
    ...present({ description, custom_id, invoice_id, payments: paymentsOf(options, order) }),
  };
}

function paymentsOf(options: PaypalOptions, order: Order): Wire | null {
  const authorization = order.authorization ? wireAuthorization(options, order) : null;
  const captures = order.captures.map((one) => wireCapture(options, order, one));
  if (!authorization && captures.length === 0) return null;
  const transaction = options.books.find(channel, order.reference);
  const refunds = order.captures
    .flatMap((one) => refundsOf(transaction, one))
    .map((one) => wireRefund(options, one));
  return {
    ...(authorization ? { authorizations: [authorization] } : {}),
    ...(captures.length > 0 ? { captures } : {}),
    ...(refunds.length > 0 ? { refunds } : {}),
  };
}

function orderLinks({ origin }: PaypalOptions, { id, status, intent }: Order): object[] {
  const path = `/v2/checkout/orders/${id}`;
  const self = link(origin, path, 'self');
  const cashier = `/checkoutnow?token=${id}`;
  const deed = intent.toLowerCase();
  const proceed = link(origin, `${path}/${deed}`, deed, 'POST');
  switch (status) {
    case 'PAYER_ACTION_REQUIRED':
      return [self, link(origin, cashier, 'payer-action')];
    case 'CREATED':
      return [self, link(origin, cashier, 'approve'), proceed];
    case 'APPROVED':
      return [self, proceed];
    case 'COMPLETED':
      return [self];
  }
}
