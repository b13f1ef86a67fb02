import type { HttpReply, HttpRequest } from './exchange.ts';

/**
 * For a channel whose requests bear a token that it gives out for a while: how one is asked for, and read. Whoever sends
 * keeps it and puts it on the requests of every verb (decision 0028); the adapter never sees it.
 */
export interface Grant<Account = unknown> {
  readonly request: (account: Account) => HttpRequest;
  readonly read: (reply: HttpReply) => Granted;
}

/** A token, or what every verb hears instead of a reply: the refusal of the account's keys, or that nothing left. */
export type Granted =
  | { readonly kind: 'granted'; readonly token: string; readonly lives_ms: number }
  | Exclude<HttpReply, { kind: 'lost' }>;
