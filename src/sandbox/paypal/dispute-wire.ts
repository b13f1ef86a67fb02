import type { DisputeEntry } from '../transaction.ts';
import { paypalKeys as keys } from './keys.ts';
import { money } from './money.ts';
import { type Capture, findCapture, type Order, type PaypalOptions } from './order.ts';
import { link, present, type Wire } from './resource.ts';

/** What PayPal keeps of a dispute besides what every channel keeps. Times in milliseconds. */
export interface OwnDispute {
  readonly capture_id: string;
  readonly reason: string;
  readonly status: 'WAITING_FOR_SELLER_RESPONSE' | 'UNDER_REVIEW' | 'RESOLVED';
  readonly created_at: number;
  readonly updated_at: number;
  /** Until when the seller is heard. */
  readonly due_at: number;
  readonly evidences: readonly object[];
}

/** With milliseconds, unlike the rest of PayPal's API. */
const wireTime = (ms: number) => new Date(ms).toISOString();

export function disputeLink(origin: string, id: string, action: string, rel: string): object {
  const path = `/v1/customer/disputes/${id}`;
  return action === '' ? link(origin, path, rel) : link(origin, `${path}/${action}`, rel, 'POST');
}

const states = {
  WAITING_FOR_SELLER_RESPONSE: 'REQUIRED_ACTION',
  UNDER_REVIEW: 'UNDER_PAYPAL_REVIEW',
  RESOLVED: 'RESOLVED',
} as const;

/** What a list shows of a dispute. */
export function summary(options: PaypalOptions, dispute: DisputeEntry): Wire {
  const { reason, status, created_at, updated_at, due_at } = dispute.own as OwnDispute;
  const { order, capture } = disputedOf(options, dispute);
  const isWaiting = status === 'WAITING_FOR_SELLER_RESPONSE';
  return {
    dispute_id: dispute.reference,
    create_time: wireTime(created_at),
    update_time: wireTime(updated_at),
    disputed_transactions: [disputedTransaction(dispute, order, capture)],
    reason,
    status,
    dispute_state: states[status],
    dispute_amount: money(dispute.amount, order.currency),
    dispute_life_cycle_stage: 'CHARGEBACK',
    dispute_channel: 'INTERNAL',
    ...(isWaiting ? { seller_response_due_date: wireTime(due_at) } : {}),
    links: [disputeLink(options.origin, dispute.reference, '', 'self')],
  };
}

function disputedOf({ books }: PaypalOptions, { reference, own }: DisputeEntry) {
  const found = findCapture(books, (own as OwnDispute).capture_id);
  if (!found) throw new Error(`${reference} is about nothing`);
  return found;
}

function disputedTransaction({ state }: DisputeEntry, order: Order, capture: Capture): Wire {
  const { custom_id: custom, currency } = order;
  return {
    seller_transaction_id: capture.id,
    create_time: wireTime(capture.created_at),
    transaction_status: state === 'lost' ? 'REVERSED' : 'COMPLETED',
    gross_amount: money(capture.amount, currency),
    ...present({ custom, invoice_number: capture.invoice_id ?? order.invoice_id }),
    buyer: { name: 'Ada Buyer' },
    seller: { email: 'sb-shop@business.example.com', merchant_id: keys.merchant_id, name: 'Shop' },
    seller_protection_eligible: true,
  };
}

/** A dispute as PayPal shows it in full: what can be done about it stands in its links. */
export function wireDispute(options: PaypalOptions, dispute: DisputeEntry): Wire {
  const { status, evidences } = dispute.own as OwnDispute;
  const { origin } = options;
  const { reference } = dispute;
  const actions = [
    disputeLink(origin, reference, 'provide-evidence', 'provide_evidence'),
    disputeLink(origin, reference, 'accept-claim', 'accept_claim'),
  ];
  const self = disputeLink(origin, reference, '', 'self');
  return {
    ...summary(options, dispute),
    ...(evidences.length > 0 ? { evidences } : {}),
    ...outcome(options, dispute),
    links: status === 'WAITING_FOR_SELLER_RESPONSE' ? [self, ...actions] : [self],
  };
}

/** Whose the money is in the end, and how it got there. */
function outcome(options: PaypalOptions, dispute: DisputeEntry): Wire {
  if (dispute.state === 'opened') return {};
  if (dispute.state === 'won')
    return { dispute_outcome: { outcome_code: 'RESOLVED_SELLER_FAVOUR' } };
  const amount = money(dispute.amount, disputedOf(options, dispute).order.currency);
  const initiated_time = wireTime((dispute.own as OwnDispute).updated_at);
  const moved = { amount, initiated_time, reason: 'DISPUTE_SETTLEMENT' };
  return {
    dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: amount },
    money_movements: [
      { affected_party: 'BUYER', type: 'CREDIT', ...moved },
      { affected_party: 'SELLER', type: 'DEBIT', ...moved },
    ],
  };
}
