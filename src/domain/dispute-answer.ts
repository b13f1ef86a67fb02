import type { NeverSent, Unknown } from './outcome.ts';

/** What a merchant may say against a dispute, in words. */
export const answerFields = [
  'explanation', 'product_description', 'customer_name', 'customer_email', 'customer_ip', 'billing_address', 'shipping_address',
  'shipping_carrier', 'shipping_date', 'shipping_tracking_number', 'service_date', 'refund_policy', 'cancellation_policy',
] as const; // prettier-ignore
export type AnswerField = (typeof answerFields)[number];
export type AnswerWords = Readonly<Partial<Record<AnswerField, string>>>;

export const answerStatuses = ['processing', 'submitted', 'failed'] as const;
/** `processing`: the channel has not said yet that it took it; `failed`: it was not taken, and another may be sent. */
export type AnswerStatus = (typeof answerStatuses)[number];

/** How `answerDispute` ended; `refused`: the dispute takes no answer, not this one and not now. */
export type DisputeAnswered =
  | { readonly kind: 'submitted' }
  | { readonly kind: 'refused'; readonly detail: string }
  | NeverSent
  | Unknown;
