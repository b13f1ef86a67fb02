import { clock } from '../clock.ts';
import { type RefundEntry, withRefund } from '../transaction.ts';
import { tellReversed } from './event.ts';
import { type Capture, findCapture, freshId, type Order, type PaypalOptions, takingId } from './order.ts'; // prettier-ignore
import { type OwnRefund, refundsOf } from './payment-wire.ts';
import { leftOf } from './refund.ts';
import { channel } from './wording.ts';

/** PayPal takes back of a capture what its payer has not got back yet, as long after as a pending one takes, and asks nobody. */
export function planReversal(options: PaypalOptions, { id, bounces, status, updated_at }: Capture): void {
  if (!bounces || status !== 'COMPLETED') return;
  const { agenda, books, processingMs } = options;
  agenda.at(`${channel} reversal ${id}`, updated_at + processingMs, () => {
    const found = findCapture(books, id);
    if (found && !isReversed(options, found))
      books.atomically(() => reverse(options, found.order, found.capture));
  });
} // prettier-ignore

interface Found {
  readonly order: Order;
  readonly capture: Capture;
}

function isReversed({ books }: PaypalOptions, { order, capture }: Found): boolean {
  const refunds = refundsOf(books.find(channel, order.reference), capture);
  return refunds.some(({ own }) => (own as OwnRefund).is_reversal === true);
}

/** To the payer it is a refund, which bears the numbers of the order and PayPal's own. */
function reverse(options: PaypalOptions, order: Order, capture: Capture): void {
  const { books } = options;
  const before = books.find(channel, order.reference);
  const amount = leftOf(options, order, capture);
  if (!before || amount === 0) return;
  const now = clock.now();
  const { currency, invoice_id, custom_id } = order;
  const own: OwnRefund = {
    capture_id: capture.id,
    currency,
    invoice_id,
    custom_id,
    note_to_payer: 'Payment reversed',
    updated_at: now,
    is_reversal: true,
  };
  const refund_id = freshId();
  const reversal: RefundEntry = {
    reference: refund_id,
    refund_id,
    transaction_id: takingId(order, capture),
    amount,
    created_at: new Date(now).toISOString(),
    settles_at: now,
    bounces: false,
    state: 'succeeded',
    own,
  };
  books.save(withRefund(before, reversal));
  tellReversed(options, reversal);
}
