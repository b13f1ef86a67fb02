import type {
  DisputeNotice,
  DisputeReason,
  DisputeStage,
  DisputeStatus,
} from '../../domain/dispute.ts';
import { fromWire } from './money.ts';
import type { Notification } from './notification.ts';

interface Step {
  readonly status: DisputeStatus;
  readonly stage: DisputeStage;
  /** Is the money taken or given back with it? Left out: neither. */
  readonly is_withdrawn?: boolean;
}

/**
 * What each notice of a dispute means, in the order in which a dispute goes (docs.adyen.com, Dispute webhooks). Their
 * dates are not signed, so the place in this list says which is the later word.
 */
const steps = new Map<string, Step>([
  ['REQUEST_FOR_INFORMATION', { status: 'opened', stage: 'inquiry' }],
  ['NOTIFICATION_OF_CHARGEBACK', { status: 'opened', stage: 'chargeback' }],
  ['DISPUTE_OPENED_WITH_CHARGEBACK', { status: 'opened', stage: 'chargeback' }],
  ['CHARGEBACK', { status: 'opened', stage: 'chargeback', is_withdrawn: true }],
  ['INFORMATION_SUPPLIED', { status: 'under_review', stage: 'chargeback' }],
  ['DISPUTE_DEFENSE_PERIOD_ENDED', { status: 'lost', stage: 'chargeback' }],
  ['CHARGEBACK_REVERSED', { status: 'won', stage: 'chargeback', is_withdrawn: false }],
  ['ISSUER_RESPONSE_TIMEFRAME_EXPIRED', { status: 'won', stage: 'chargeback' }],
  ['SECOND_CHARGEBACK', { status: 'lost', stage: 'arbitration', is_withdrawn: true }],
  ['PREARBITRATION_LOST', { status: 'lost', stage: 'arbitration', is_withdrawn: true }],
  ['PREARBITRATION_WON', { status: 'won', stage: 'arbitration', is_withdrawn: false }],
]);
const order = [...steps.keys()];

/** Is this notice about a dispute? */
export function isOfDispute({ eventCode }: Notification): boolean {
  return steps.has(eventCode);
}

/** Codes of Visa (10.4) and Mastercard (4837); of another scheme, or not here: `other`. */
const reasons: readonly (readonly [RegExp, DisputeReason])[] = [
  [/^(?:10\.\d|4837|4840|4870|4871)$/, 'fraudulent'],
  [/^4863$/, 'unrecognized'],
  [/^(?:13\.1|4855)$/, 'product_not_received'],
  [/^13\.[345]$/, 'product_unacceptable'],
  [/^12\.6(?:\.\d)?$/, 'duplicate'],
  [/^12\.5$/, 'incorrect_amount'],
  [/^(?:13\.[67]|4860)$/, 'credit_not_processed'],
  [/^(?:13\.2|4841)$/, 'subscription_canceled'],
];

/** Adyen's have 16 characters; no index takes thousands. */
const numberLengthMax = 255;

/**
 * What a notice says of a dispute; null where its amount cannot be read. Whose word it is and how much, Adyen has signed;
 * the words in `additionalData` it has not: they are shown, and nothing follows from them.
 */
export function disputeOf(item: Notification): DisputeNotice | null {
  const step = steps.get(item.eventCode);
  const contested = item.amount ? fromWire(item.amount) : null;
  if (!step || !contested || contested.amount === 0 || item.pspReference.length > numberLengthMax)
    return null;
  const said = item.additionalData ?? {};
  const code = said['chargebackReasonCode'] ?? said['rfiReasonCode'] ?? null;
  const stands = said['disputeStatus'];
  return {
    kind: 'dispute',
    channel_reference: item.pspReference,
    ...contested,
    status: step.status,
    channel_status: stands ? `${item.eventCode}: ${stands}` : item.eventCode,
    stage: step.stage,
    reason: reasons.find(([codes]) => codes.test(code ?? ''))?.[1] ?? 'other',
    channel_reason: code ?? item.reason ?? null,
    due_by: timeOf(said['defensePeriodEndsAt']),
    is_withdrawn: step.is_withdrawn ?? null,
    ordinal: order.indexOf(item.eventCode),
  };
}

function timeOf(text: string | undefined): string | null {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
