import type { Command, Fact } from './fact.ts';

/** A command as it travels: what a confirm asks for is stored, so that no history carries a token. */
export type OrderedCommand = Exclude<Command, { name: 'confirm' }> | { readonly name: 'confirm' };

/** A fact as it travels: what a channel wrote and what a payer pays with stay in their rows, out of every history. */
export type MessageFact =
  | Exclude<Fact, { kind: 'evidence' | 'command' }>
  | { readonly kind: 'callback'; readonly callback: string }
  | { readonly kind: 'command'; readonly command: OrderedCommand };

/** What happens to a payment, with the cause that makes it happen once. */
export interface Message {
  /** The id of the evidence, command, timer or operation that brought the fact. */
  readonly cause: string;
  readonly fact: MessageFact;
  /** Claims an idempotency key in the recording transaction; the cause is the key's hash. */
  readonly key?: { readonly app_id: string; readonly fingerprint: string };
  /** The request that carries it: of several under one cause only one is recorded. */
  readonly by?: string;
}
