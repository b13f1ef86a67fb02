import { defineSignal, defineUpdate } from '@temporalio/workflow';

import type { Fact, Refusal } from '../domain/fact.ts';

/** The task queue of the actors. */
export const paymentQueue = 'payments';

/** The task queue of one channel's calls. */
export function channelQueue(channel: string): string {
  return `channel-${channel}`;
}

/** A fact as it travels: a callback by its stored row's id, so that no history carries what a channel wrote. */
export type MessageFact =
  Exclude<Fact, { kind: 'evidence' }> | { readonly kind: 'callback'; readonly callback: string };

/** What happens to a payment, with the cause that makes it happen once. */
export interface Message {
  /** The id of the evidence, command, timer or operation that brought the fact. */
  readonly cause: string;
  readonly fact: MessageFact;
  /** Claims an idempotency key in the recording transaction; the cause is the key's hash. */
  readonly key?: { readonly app_id: string; readonly fingerprint: string };
}

/** A command is answered as soon as it is recorded; what became of it stands in PostgreSQL. */
export interface Recorded {
  readonly sequence: number;
  readonly refused?: Refusal;
}

/** Waits for the first stable state. The caller's deadline is the only limit. */
export const firstAnswer = defineUpdate<Recorded>('firstAnswer');
/** A merchant's or an operator's command. An update, because the caller needs the refusal. */
export const command = defineUpdate<Recorded, [Message]>('command');
/** Anything observed. A signal, because it needs no answer and no living worker. */
export const evidence = defineSignal<[Message]>('evidence');
