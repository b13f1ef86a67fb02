import type { Id } from './id.ts';

/** Milliseconds since 1970, always the store's clock, never a process's own. */
export type Instant = number;

export const verbs = [
  'create', 'confirm', 'query', 'close', 'capture', 'increment', 'void', 'refund', 'query_refund',
] as const; // prettier-ignore
export type Verb = (typeof verbs)[number];

/**
 * How an operation ended; null in `Operation.ended` while it is open. `stored`: unknown, and the channel repeats
 * that under this key for ever.
 */
export const operationEnds = ['answered', 'never_sent', 'unknown', 'stored', 'superseded'] as const;
export type OperationEnd = (typeof operationEnds)[number];

/** Which ends may follow which: an operation ends once. */
export const operationTransitions = {
  open: ['answered', 'never_sent', 'unknown', 'stored', 'superseded'],
  answered: [],
  never_sent: [],
  unknown: [],
  stored: [],
  superseded: [],
} as const satisfies Record<'open' | OperationEnd, readonly OperationEnd[]>;

export type Awaits = 'word' | 'answer' | 'change';

/** One outside call: a row that is written before the call and ends once. */
export interface Operation {
  readonly id: Id<'op'>;
  readonly attempt_id: Id<'att'>;
  readonly refund_id: Id<'ref'> | null;
  readonly capture_id: Id<'cap'> | null;
  readonly verb: Verb;
  /** What is made at the channel; a resend is a new operation with the same key. */
  readonly channel_key: string;
  /**
   * For queries: any definite `answer`, a `change` from what is known (polling), or a `word`: also "nothing
   * happened so far", which is not a fact, but enough to send the same again under its key.
   */
  readonly awaits: Awaits | null;
  /** For queries: the channel's number of an order that bears our reference and is not the attempt's own. */
  readonly stray: string | null;
  /** Not before this. */
  run_at: Instant;
  /** For mutating calls: the send fence; for queries: when asking ends. */
  readonly not_after: Instant;
  /** For queries: from then on "not found" is a fact, before it is only "not yet". */
  readonly settles_at: Instant | null;
  readonly sent_at: Instant | null;
  fenced: boolean;
  ended: OperationEnd | null;
}

/** One call for an order or a refund that had its chance to leave: within its window from when it was due, or never. */
export type MadeCall = Readonly<Pick<Operation, 'run_at' | 'ended'>>;

/** True for the calls that can move or stop money, the ones with a send fence. */
export function isMutating(verb: Verb): boolean {
  return verb !== 'query' && verb !== 'query_refund';
}

export function isOpen(operation: Operation): boolean {
  return operation.ended === null;
}

/** How long things take at the edge; settings of the installation, the same for API and worker. */
export interface Timing {
  /** The HTTP timeout of one channel call. */
  readonly channel_timeout_ms: number;
  /** After a refused connection or an open circuit. */
  readonly circuit_retry_ms: number;
  /** From an instruction to the first query: callbacks mostly come first. */
  readonly first_poll_ms: number;
  /** A hold is ended this long before the channel would. */
  readonly hold_margin_ms: number;
}

/** Start-to-close of a channel call: longer than its HTTP timeout, or a slow channel would look like a crash. */
export function startToCloseMs(timing: Timing): number {
  return timing.channel_timeout_ms + 5_000;
}

/** A query is repeated this long (30 days), then a person decides. */
export const askingMs = 30 * 24 * 3_600_000;
