import { amountPaid, type Payment } from './payment.ts';
import { type Details, paymentObject } from './payment-object.ts';

/** A payment is a top-up where a wallet gets its money; its order number is the id of the top-up. */
export function topUpObject(payment: Payment, details: Details): object {
  const { status, next_action, failure, amount_refunded, created_at, updated_at } = paymentObject(
    payment,
    details,
  );
  return {
    id: payment.order_no,
    object: 'top_up',
    customer: details.customer?.['id'] ?? null,
    wallet: payment.wallet_id,
    amount: payment.amount,
    currency: payment.currency,
    status,
    amount_credited: amountPaid(payment),
    amount_refunded,
    next_action,
    failure,
    payment_id: payment.id,
    description: details.description,
    metadata: details.metadata,
    created_at,
    updated_at,
    livemode: payment.livemode,
  };
}
