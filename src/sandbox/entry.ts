import type { Answer } from './call.ts';
import type { Delivery } from './delivery.ts';
import type { Fault } from './fault.ts';
import type { Rotation } from './rotation.ts';
import type { Transaction } from './transaction.ts';

/** What the merchant did and the channel forbids. */
export interface Violation {
  readonly at: string;
  readonly channel: string;
  readonly reference: string;
  readonly rule: string;
  readonly detail: string;
}

/** An answer that a channel gives again to whoever repeats an idempotency key. */
export interface KeptAnswer {
  readonly channel: string;
  readonly key: string;
  /** What was asked: another question under the key is refused. */
  readonly fingerprint: string;
  readonly answer: Answer;
  /** When it was given, in milliseconds since the epoch: a channel forgets. */
  readonly at: number;
}

/** What a channel keeps besides orders (a payer's card, a customer), by its own number; the channel's own affair. */
export interface KeptObject {
  readonly channel: string;
  readonly id: string;
  readonly own: unknown;
}

/** The new state of one thing. A line of the journal has one, or all that came about at once. */
export type Entry =
  | { readonly kind: 'transaction'; readonly transaction: Transaction }
  | { readonly kind: 'violation'; readonly violation: Violation }
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'kept_answer'; readonly kept: KeptAnswer }
  | { readonly kind: 'kept_object'; readonly kept: KeptObject }
  | { readonly kind: 'rotations'; readonly rotations: readonly Rotation[] }
  | { readonly kind: 'magic_amounts'; readonly channels: readonly string[] }
  | { readonly kind: 'clock'; readonly ahead_ms: number }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };
