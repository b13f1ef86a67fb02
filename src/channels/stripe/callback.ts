import { z } from 'zod';

import type { Changed, QueryAnswer } from '../../domain/outcome.ts';
import type { CallbackReading, RawCallback } from '../callback.ts';
import { read } from '../text.ts';
import { type Account, isLive } from './account.ts';
import { disputeOf, wireDispute } from './dispute.ts';
import { answerOf, paymentIntent } from './payment-intent.ts';
import { readRefund, refundAnswerOf } from './refund.ts';
import { metadata, parse, seconds } from './response.ts';
import { setupIntent } from './setup-intent.ts';
import { verification } from './signature.ts';

const event = z.object({
  id: z.string().min(1),
  object: z.literal('event'),
  type: z.string().min(1),
  created: seconds,
  livemode: z.boolean(),
  account: z.string().nullish(), // of a connected account
  data: z.object({ object: z.unknown() }),
});
type Event = z.infer<typeof event>;

/** Verifies the raw bytes and reads an event (channels.md section 3). The amount is compared by the caller. */
export function readCallback(account: Account, callback: RawCallback, now: Date): CallbackReading {
  const header = callback.headers['stripe-signature'] ?? '';
  const trust = verification(account.webhook_secrets, header, callback.body, now);
  if (trust !== 'genuine') return { kind: trust, detail: `the signature is ${trust}` };
  const told = read(event, callback.body.toString('utf8'));
  if (!told) return meaningless('signed, but not an event');
  if (told.livemode !== isLive(account) || told.account)
    return { kind: 'foreign', detail: `livemode ${told.livemode}, account ${told.account}` };
  if (told.type.startsWith('payment_intent.')) return ofAttempt(told);
  if (told.type.startsWith('refund.')) return ofRefund(told);
  if (told.type.startsWith('charge.dispute.')) return ofDispute(told);
  if (told.type.startsWith('setup_intent.')) return ofSetup(told);
  return irrelevant(told, `nothing is learned from ${told.type}`);
}

/** What somebody else makes over the same account has no number of ours, and need not be as ours would be. */
const labelled = z.object({
  object: z.enum(['payment_intent', 'refund', 'setup_intent']),
  id: z.string(),
  metadata,
});

/** What of this kind has no number of ours; null where it has, or cannot be read so far. */
function ofOthers(told: Event, object: string, noun: string): CallbackReading | null {
  const label = parse(labelled, told.data.object);
  if (label?.object !== object) return null;
  const { id, metadata: { reference } } = label;
  if (typeof reference === 'string' && reference !== '') return null;
  return irrelevant(told, `${noun} without a number of ours: ${id}`);
} // prettier-ignore

function ofAttempt(told: Event): CallbackReading {
  const others = ofOthers(told, 'payment_intent', 'an order');
  if (others) return others;
  const found = parse(paymentIntent, told.data.object);
  if (!found) return meaningless(`${told.type} without a readable order`);
  const reference = String(found.metadata['reference']);
  const answer = answerOf(found, told.created);
  if (answer.kind === 'unknown') return meaningless(answer.detail);
  if (answer.kind === 'open')
    return { ...irrelevant(told, 'an order that waits, as we made it'), reference };
  return { kind: 'attempt', event: told.id, reference, order: found.id, answer: lasting(answer) };
}

/** A notice may be old, and who was declined may have paid since: that he was is asked about. */
function lasting(answer: QueryAnswer): QueryAnswer | Changed {
  return answer.kind === 'declined' ? { kind: 'changed' } : answer;
}

function ofRefund(told: Event): CallbackReading {
  const others = ofOthers(told, 'refund', 'a refund');
  if (others) return others;
  const found = readRefund(told.data.object);
  if (!found) return meaningless(`${told.type} without a readable refund`);
  const reference = String(found.metadata['reference']);
  const answer = refundAnswerOf(found);
  if (answer.kind !== 'refund') return meaningless(`a refund in no state that we know`);
  return { kind: 'refund', event: told.id, reference, answer };
}

function ofDispute(told: Event): CallbackReading {
  const found = parse(wireDispute, told.data.object);
  const answer = found && disputeOf(found, told);
  if (!found || !answer) return meaningless(`${told.type} without a readable dispute`);
  if (!found.payment_intent) return irrelevant(told, 'a dispute of a charge without an order');
  return { kind: 'dispute', event: told.id, order: found.payment_intent, answer };
}

/** Only that something changed is believed: a notice may be old, and nobody's money waits for it. */
function ofSetup(told: Event): CallbackReading {
  const others = ofOthers(told, 'setup_intent', 'a setup');
  if (others) return others;
  const found = parse(setupIntent, told.data.object);
  if (!found) return meaningless(`${told.type} without a readable setup`);
  const reference = String(found.metadata['reference']);
  return { kind: 'setup', event: told.id, reference, order: found.id };
}

/** Genuine, and no matter of ours: the account may be used by others too, and sends more than we read. */
function irrelevant({ id }: Event, detail: string) {
  return { kind: 'irrelevant', event: id, detail } as const;
}

function meaningless(detail: string): CallbackReading {
  return { kind: 'meaningless', detail };
}
