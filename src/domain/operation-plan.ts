import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import type { Id } from './id.ts';
import {
  type Instant,
  isMutating,
  isOpen,
  type Operation,
  startToCloseMs,
  type Verb,
} from './operation.ts';

export type Which = (op: Operation) => boolean;

/** Calls that change the attempt's order at the channel; refunds go beside them. */
export const isOfOrder: Which = (op) => isMutating(op.verb) && op.refund_id === null;

/** Questions about the attempt's own order. */
export const isOwnQuery: Which = (op) => op.verb === 'query' && op.stray === null;

/** The open operation of this kind, if any. */
export function openOf(attempt: Attempt, which: Which): Operation | undefined {
  return attempt.operations.find((op) => isOpen(op) && which(op));
}

/** What is not sent yet never will be: the fence falls in the deciding transaction. */
export function fence(attempt: Attempt, ...verbs: Verb[]): void {
  for (const op of attempt.operations) {
    if (!verbs.includes(op.verb) || !isOpen(op) || op.sent_at !== null) continue;
    op.fenced = true;
    op.ended = 'never_sent';
  }
}

/** Ends open questions whose answer nobody needs any more. */
export function supersede(attempt: Attempt, which: Which): void {
  for (const op of attempt.operations) if (isOpen(op) && which(op)) op.ended = 'superseded';
}

/** What a mutating call is about, besides its attempt. */
export interface Subject {
  readonly capture_id?: Id<'cap'>;
  readonly refund_id?: Id<'ref'>;
}

/** When a mutating call may be sent, and by which key the channel knows it. */
interface Sending {
  readonly key: string;
  /** Never after this, whatever its window. */
  readonly until?: Instant;
  readonly notBefore?: Instant;
  /** Calls before this are no repeats: what they were sent for was had. */
  readonly since?: Instant;
}

/**
 * Plans a mutating call. A resend has the same key and a fence of its own, unless the channel has stored a
 * failure under the key: then the next key says the same again.
 */
export function send(
  draft: Draft,
  attempt: Attempt,
  verb: Verb,
  subject: Subject,
  { key, until = Infinity, notBefore = 0, since = 0 }: Sending,
): void {
  const isSame: Which = (op) =>
    op.verb === verb && isAbout(op, subject) && isUnder(op.channel_key, key);
  const earlier = attempt.operations.filter(isSame);
  const stored = earlier.filter((op) => op.ended === 'stored').length;
  const repeated = earlier.filter((op) => op.run_at >= since);
  const run_at = Math.max(draft.context.now + resendDelayMs(draft, repeated), notBefore);
  const window_end = run_at + startToCloseMs(draft.context.timing) - 2_000;
  add(draft, attempt, {
    verb,
    channel_key: stored === 0 ? key : `${key}.${stored + 1}`,
    run_at,
    not_after: Math.min(window_end, until),
    ...subject,
  });
}

/** Is it the key, or that of a further try? Two increments of one hold have nothing else that tells them apart. */
export function isUnder(channel_key: string, key: string): boolean {
  return channel_key === key || channel_key.startsWith(`${key}.`);
}

function isAbout(op: Operation, subject: Subject): boolean {
  const { capture_id, refund_id } = { capture_id: null, refund_id: null, ...subject };
  return op.capture_id === capture_id && op.refund_id === refund_id;
}

/**
 * At once after an answer; after a refused connection when the circuit may close again; after repeated
 * silence 1, 2, 4 … 60 s, so that a channel that is ill is not hammered. A call that was only late itself
 * (nobody was there to send it) is repeated at once.
 */
function resendDelayMs(draft: Draft, earlier: readonly Operation[]): number {
  const last = earlier.at(-1);
  if (!last) return 0;
  if (last.ended === 'never_sent')
    return draft.context.now >= last.not_after ? 0 : circuitPauseMs(draft);
  const repeats = earlier.filter((op) => op.ended !== 'never_sent').length;
  return repeats < 2 ? 0 : Math.min(60_000, 1_000 * 2 ** (repeats - 2));
}

/** A circuit only ever makes it shorter: who comes later than he may is nobody's gain. */
function circuitPauseMs({ again_in_ms, context }: Draft): number {
  const { circuit_retry_ms } = context.timing;
  return Math.min(circuit_retry_ms, again_in_ms ?? circuit_retry_ms);
}

export type Planned = Pick<Operation, 'verb' | 'channel_key' | 'run_at' | 'not_after'> &
  Partial<Pick<Operation, 'awaits' | 'settles_at' | 'refund_id' | 'capture_id' | 'stray'>>;

/** Plans one outside call: a row that is written before the call. */
export function add(draft: Draft, attempt: Attempt, planned: Planned): void {
  attempt.operations.push({
    awaits: null,
    settles_at: null,
    refund_id: null,
    capture_id: null,
    stray: null,
    ...planned,
    id: draft.context.draw('op'),
    attempt_id: attempt.id,
    sent_at: null,
    fenced: false,
    ended: null,
  });
}
