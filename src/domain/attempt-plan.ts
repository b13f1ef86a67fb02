import { advance, type Attempt, isLive, isPresented } from './attempt.ts';
import { takesMoneyUnconfirmed } from './channel.ts';
import type { Context, Draft } from './draft.ts';
import { dropChange, planChange } from './hold-plan.ts';
import { zero } from './money.ts';
import type { Instant, Verb } from './operation.ts';
import {
  fence,
  isOfOrder,
  isOwnQuery,
  openOf,
  send,
  supersede,
  type Which,
} from './operation-plan.ts';
import { type Choice, isFinal, type Payment } from './payment.ts';
import { ask, isLastLook, isNeedless, isReported, planLastLook } from './query-plan.ts';
import { resendOf } from './resend.ts';
import { isSentAway } from './return.ts';

/** A new attempt for what the payer chose; nothing of it has left yet. */
export function attemptAt(payment: Payment, choice: Choice, context: Context): Attempt {
  return {
    id: context.draw('att'),
    ...choice.route,
    routing: choice.route.routing ?? null,
    backups: choice.backups?.length ? choice.backups : null,
    method: choice.method,
    token: choice.token,
    payment_method: choice.payment_method ?? null,
    usage: choice.usage ?? 'once',
    amount: payment.amount,
    currency: payment.currency,
    status: 'planned',
    created: 'no',
    handle: null,
    confirmed: 'no',
    returns: [],
    held: zero,
    increments: [],
    capture_before: null,
    ending: null,
    frozen: null,
    channel_reference: null,
    next_action: null,
    code_ends_at: presentedUntil(choice, context),
    failure: null,
    receipts: [],
    operations: [],
    created_at: context.now,
    updated_at: context.now,
  };
}

/** How long the code is good that the payer presents; null where he presents none. */
function presentedUntil({ method, route }: Choice, { rulesOf, now }: Context): Instant | null {
  const { reversed_after_ms } = rulesOf({ channel: route.channel, method });
  return reversed_after_ms === undefined ? null : now + reversed_after_ms;
}

/** What the attempt needs next: to be made and paid, to be captured, to be closed, or nothing. */
export function planAttempt(draft: Draft, attempt: Attempt): void {
  if (isLive(attempt) && !attempt.frozen) {
    if (isUnwanted(draft, attempt)) planEnding(draft, attempt);
    else planLife(draft, attempt);
  } else {
    fence(attempt, 'create', 'confirm', 'capture', 'increment', 'close'); // a reversal would take back what has come
    const isOver: Which = (op) => isNeedless(draft, op) && !isLastLook(draft, attempt, op);
    supersede(attempt, (op) => isOwnQuery(op) && isOver(op));
    if (!isLive(attempt)) planLastLook(draft, attempt);
  }
  forgetCode(attempt);
}

/** A code is kept as long as it may have to be sent again, and no longer. */
function forgetCode(attempt: Attempt): void {
  const isOfUse = isLive(attempt) && attempt.created !== 'yes' && attempt.ending === null;
  if (isPresented(attempt) && !isOfUse) attempt.token = null;
}

/** Given up, switched away from, found unpaid by a person, not paid in time, captured for the last time, or another attempt has paid. */
function isUnwanted({ payment, context }: Draft, attempt: Attempt): boolean {
  if (isPresented(attempt) && context.now >= codeEnd(attempt)) return true;
  if (payment.given_up !== null || payment.next !== null || attempt.ending !== null) return true;
  if (payment.paid_by === attempt.id) return isCaptured(payment, attempt);
  return payment.paid_by !== null || isFinal(payment.status);
}

/** The final capture is done: what is still held is to be released. */
function isCaptured({ captures }: Payment, attempt: Attempt): boolean {
  return captures.some(
    (one) => one.attempt_id === attempt.id && one.is_final && one.status === 'succeeded',
  );
}

function planLife(draft: Draft, attempt: Attempt): void {
  switch (attempt.status) {
    case 'planned':
      return planStart(draft, attempt);
    case 'requires_action':
      if (codeEnded(draft.payment, attempt, draft.context.now)) mutate(draft, attempt, 'create');
      return ask(draft, attempt, 'change');
    case 'processing':
      return ask(draft, attempt, 'change');
    case 'held':
      planChange(draft, attempt);
      return;
    default:
      return settle(draft, attempt);
  }
}

/** What became of the last call is unknown: the channel is asked, and the same is sent again when it knows of nothing. */
function settle(draft: Draft, attempt: Attempt): void {
  if (openOf(attempt, isOfOrder)) return;
  const verb = doubtfulVerb(attempt);
  const call: Which = (op) => op.verb === verb;
  const next = verb && resendOf(draft, attempt, { call, question: isOwnQuery });
  if (verb && next === 'again') return mutate(draft, attempt, verb);
  ask(draft, attempt, next === 'word' ? 'word' : 'answer');
}

function doubtfulVerb({ created, confirmed }: Attempt): 'create' | 'confirm' | null {
  if (confirmed === 'maybe') return 'confirm';
  return created === 'maybe' ? 'create' : null;
}

/**
 * Where an order is confirmed, it is made first and its number recorded: a lost create moves no money. One to which
 * the payer must agree, or for which he was sent elsewhere, comes here again when he has or is back.
 */
function planStart(draft: Draft, attempt: Attempt): void {
  if (!isConfirmable(draft, attempt)) return mutate(draft, attempt, 'create');
  if (attempt.confirmed !== 'no') return ask(draft, attempt, 'answer');
  mutate(draft, attempt, 'confirm');
}

function isConfirmable({ context }: Draft, attempt: Attempt): boolean {
  const { handle, returns } = attempt;
  return takesMoneyUnconfirmed(context.rulesOf(attempt)) ? returns.length > 0 : handle !== null;
}

/** The last instant of the code, ours or the payer's. */
function codeEnd({ code_ends_at }: Attempt): Instant {
  return code_ends_at ?? Infinity;
}

/** The code is dead before the payment: the same order gives a new one. */
function codeEnded(payment: Payment, attempt: Attempt, now: Instant): boolean {
  return codeEnd(attempt) < payment.expires_at && now >= codeEnd(attempt);
}

/** Query, close, query: an attempt is closed only with proof that it takes no more money. */
function planEnding(draft: Draft, attempt: Attempt): void {
  fence(attempt, 'create', 'confirm');
  dropChange(draft, attempt, 'increment', 'the hold was given up before it');
  if (isPaidElsewhere(draft.payment, attempt))
    dropChange(draft, attempt, 'capture', 'another attempt has paid the order');
  if (openOf(attempt, isOfOrder)) return;
  if (neverBegan(draft, attempt)) return advance(attempt, 'closed');
  if (attempt.status === 'held' && planChange(draft, attempt)) return;
  if (isPresented(attempt)) return planReversal(draft, attempt);
  attempt.ending ??= 'ask';
  if (attempt.status === 'processing') return ask(draft, attempt, 'change');
  const verb = attempt.status === 'held' ? 'void' : 'close';
  if (isToBeClosed(draft, attempt)) return mutate(draft, attempt, verb);
  ask(draft, attempt, 'answer');
}

/** Asked first, where anybody can be; else what is held is given back at once, and what is unknown stays so until it is told. */
function isToBeClosed(draft: Draft, attempt: Attempt): boolean {
  if (isReported(draft, attempt)) return attempt.status === 'held' && attempt.ending !== 'prove';
  return attempt.ending === 'close';
}

/** Asked for the last time before a reversal: unanswered, that is no reason to keep what the payer may have paid. */
function planReversal(draft: Draft, attempt: Attempt): void {
  if (attempt.ending === null) supersede(attempt, isOwnQuery);
  attempt.ending ??= 'ask';
  if (attempt.ending === 'close') return mutate(draft, attempt, 'close');
  const { channel_timeout_ms } = draft.context.timing;
  ask(draft, attempt, 'answer', attempt.ending === 'ask' ? channel_timeout_ms + 10_000 : undefined);
}

function isPaidElsewhere({ paid_by }: Payment, attempt: Attempt): boolean {
  return paid_by !== null && paid_by !== attempt.id;
}

/** No order, or one that nobody can confirm, since we never heard its number or only we could: there is nothing to close. */
function neverBegan(draft: Draft, attempt: Attempt): boolean {
  const { confirms } = draft.context.rulesOf(attempt);
  if (attempt.created === 'no') return true;
  if (confirms === 'when_agreed') return attempt.confirmed === 'no';
  if (confirms === 'when_returned') return isSentAway(attempt);
  return confirms === 'at_once' && attempt.handle === null;
}

/** At most one mutating call of an attempt's order is in flight. Creating and confirming end with the payer's time. */
function mutate(draft: Draft, attempt: Attempt, verb: 'create' | 'confirm' | 'close' | 'void'): void {
  if (openOf(attempt, isOfOrder)) return;
  supersede(attempt, (op) => isOwnQuery(op) && op.awaits !== 'change');
  const isBegin = verb === 'create' || verb === 'confirm';
  send(draft, attempt, verb, {}, {
    key: keyOf(draft, attempt, verb),
    ...(isBegin ? { until: endOfBegin(draft, attempt) } : {}),
    ...(verb === 'create' ? { since: renewedSince(attempt) } : {}),
  });
} // prettier-ignore

/** What the payer brought back is confirmed under its own number: two of them are two deeds, of which one at most is any. */
function keyOf({ context }: Draft, attempt: Attempt, verb: Verb): string {
  const { id, returns } = attempt;
  const { confirms } = context.rulesOf(attempt);
  if (verb === 'confirm' && returns[0]) return returns[0];
  return confirms === 'never' ? id : `${id}.${verb}`;
}

/** Nobody is charged after his time, nor with a code that he has put away. */
function endOfBegin({ payment }: Draft, attempt: Attempt): Instant {
  return isPresented(attempt) ? Math.min(payment.expires_at, codeEnd(attempt)) : payment.expires_at;
}

/** A create after a code of ours is dead asks for the next one: it repeats none of those before. */
function renewedSince(attempt: Attempt): Instant {
  return isPresented(attempt) ? 0 : (attempt.code_ends_at ?? 0);
}
