import type { Books } from '../books.ts';
import type { DisputeEntry } from '../transaction.ts';
import { find, wire } from './balance-transaction.ts';
import type { OwnDispute } from './dispute.ts';

const seconds = (ms: number) => Math.floor(ms / 1_000);

/** All that a merchant may say for himself; what are files at Stripe are numbers of files. */
export const evidenceNames = [
  'access_activity_log', 'billing_address', 'cancellation_policy', 'cancellation_policy_disclosure',
  'cancellation_rebuttal', 'customer_communication', 'customer_email_address', 'customer_name', 'customer_purchase_ip',
  'customer_signature', 'duplicate_charge_documentation', 'duplicate_charge_explanation', 'duplicate_charge_id',
  'product_description', 'receipt', 'refund_policy', 'refund_policy_disclosure', 'refund_refusal_explanation',
  'service_date', 'service_documentation', 'shipping_address', 'shipping_carrier', 'shipping_date',
  'shipping_documentation', 'shipping_tracking_number', 'uncategorized_file', 'uncategorized_text',
] as const; // prettier-ignore

/** A dispute as Stripe shows it (channels.md 3). */
export function wireDispute(
  books: Books,
  { reference, transaction_id, own }: DisputeEntry,
): Readonly<Record<string, unknown>> {
  const dispute = own as OwnDispute;
  const { evidence, submission_count, due_at, created_at } = dispute;
  const moved = dispute.balance_transactions.flatMap((id) => find(books, id) ?? []);
  return {
    id: reference,
    object: 'dispute',
    amount: dispute.amount,
    balance_transaction: dispute.balance_transactions[0],
    balance_transactions: moved.map((one) => wire(one)),
    charge: dispute.charge,
    created: seconds(created_at),
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...Object.fromEntries(evidenceNames.map((name) => [name, evidence[name] ?? null])),
      enhanced_evidence: {},
    },
    evidence_details: {
      due_by: seconds(due_at),
      enhanced_eligibility: {},
      has_evidence: Object.keys(evidence).length > 0,
      past_due: false,
      submission_count,
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: dispute.metadata,
    payment_intent: transaction_id,
    payment_method_details: {
      card: { brand: 'visa', case_type: 'chargeback', network_reason_code: '83' },
      type: 'card',
    },
    reason: dispute.reason,
    status: dispute.status,
  };
}
