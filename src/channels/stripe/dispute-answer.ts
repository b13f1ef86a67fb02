import { z } from 'zod';

import type { AnswerField, AnswerWords, DisputeAnswered } from '../../domain/dispute-answer.ts';
import type { Call } from '../channel.ts';
import type { AnswerOrder } from '../dispute-answer.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { type Form, get, post, type Spoken } from './request.ts';
import { metadata } from './response.ts';

/** How far a dispute is answered (docs.stripe.com/api/disputes/object). */
const answered = z.object({
  id: z.string(),
  object: z.literal('dispute'),
  status: z.string(),
  metadata: metadata.nullish(),
  evidence_details: z.object({ submission_count: z.int().nonnegative() }),
});

/** Our words by Stripe's names of them (docs.stripe.com/api/disputes/evidence_object). */
const names: Readonly<Record<AnswerField, string>> = {
  explanation: 'uncategorized_text',
  product_description: 'product_description',
  customer_name: 'customer_name',
  customer_email: 'customer_email_address',
  customer_ip: 'customer_purchase_ip',
  billing_address: 'billing_address',
  shipping_address: 'shipping_address',
  shipping_carrier: 'shipping_carrier',
  shipping_date: 'shipping_date',
  shipping_tracking_number: 'shipping_tracking_number',
  service_date: 'service_date',
  refund_policy: 'refund_policy_disclosure',
  cancellation_policy: 'cancellation_policy_disclosure',
};

/**
 * Sends evidence to the payer's bank, which hears nobody twice. Our number is written on the dispute with it: where it stands there already,
 * an answer before was lost.
 */
export async function answerDispute(
  call: Call<Account>,
  answer: AnswerOrder,
): Promise<DisputeAnswered> {
  const address = `/v1/disputes/${encodeURIComponent(answer.dispute)}`;
  const asked = await get(call, address);
  if (asked.kind !== 'done') return without(asked);
  const stood = told(asked.body, answer);
  if (stood) return stood;
  const spoken = await post(call, address, answer.channel_key, {
    ...formOf(answer.words),
    'metadata[evidence]': answer.reference,
    submit: true,
  });
  if (spoken.kind === 'done') return told(spoken.body, answer) ?? unclear('submitted, and not shown');
  if (spoken.kind === 'refused' && !spoken.is_replayed) return { kind: 'refused', detail: spoken.detail };
  return without(spoken);
} // prettier-ignore

/** Null: it waits for an answer. */
function told(body: string, { dispute, reference }: AnswerOrder): DisputeAnswered | null {
  const found = read(answered, body);
  if (found?.id !== dispute) return unclear('200 without a readable dispute');
  const { status, evidence_details } = found;
  const isOurs = found.metadata?.['evidence'] === reference;
  if (isOurs && evidence_details.submission_count > 0) return { kind: 'submitted' };
  return status.endsWith('needs_response') ? null : { kind: 'refused', detail: `it is ${status}` };
}

function formOf(words: AnswerWords): Form {
  const members = Object.entries(words).map(([name, text]) => [
    `evidence[${names[name as AnswerField]}]`,
    text,
  ]);
  return Object.fromEntries(members) as Form;
}

function without(spoken: Exclude<Spoken, { kind: 'done' }>): DisputeAnswered {
  if (spoken.kind === 'never_sent' || spoken.kind === 'unknown') return spoken;
  return unclear(spoken.detail);
}
