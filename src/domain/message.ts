import type { Command, Fact } from './fact.ts';

type Named<Name extends Command['name']> = Extract<Command, { name: Name }>;

/**
 * A command as it travels: what a payer pays with and what a person writes are stored, so that no history carries
 * them. A text is in histories and messages of builds before 2026-11-29, and in what a run says itself.
 */
export type OrderedCommand =
  | { readonly name: 'confirm' }
  | Named<'capture' | 'increment' | 'sync'>
  | (Omit<Named<'refund'>, 'reason'> & Partial<Pick<Named<'refund'>, 'reason'>>)
  | (Omit<Named<'cancel'>, 'note'> & Partial<Pick<Named<'cancel'>, 'note'>>)
  | (Omit<Named<'resolve'>, 'reason'> & Partial<Pick<Named<'resolve'>, 'reason'>>);

/** A fact as it travels: what a channel wrote and what a command leaves unsaid stay in their rows, out of every history. */
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
