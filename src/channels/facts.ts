import type { ChannelRules } from '../domain/channel.ts';
import type { BillFacts } from './bill.ts';
import type { Verdict } from './callback.ts';

/**
 * What the machine must know of a channel; data, so that no rule is hidden in code. Each is a claim that
 * the conformance suite (test/channels/conformance.ts) proves against the channel's sandbox.
 */
export interface ChannelFacts extends ChannelRules {
  /** Method types of the contract that this channel serves, each with its currencies. */
  readonly methods: Readonly<Record<string, readonly string[]>>;
  /** Where a method is unlike the others of its channel: what of the rules is otherwise for it. */
  readonly exceptions?: Readonly<Record<string, Partial<ChannelRules>>>;
  /** Those of them that a payer can have kept for later payments, by `keep` and `forget`; none where it is left out. */
  readonly kept_methods?: readonly string[];
  /** Its bills, which `bill` fetches; it has none where this is left out. */
  readonly bill?: BillFacts;
  /** Those of the kept ones that need no payment for it, by `setup` and what follows; none where it is left out. */
  readonly setup_methods?: readonly string[];
  /** It takes what a merchant says against a dispute, by `answerDispute`; where it is left out he says it at the channel. */
  readonly answers_disputes?: true;
  /** The vendor's own hosts, `*` before one for a prefix of its accounts: where accounts that merchants make may call. */
  readonly hosts: readonly string[];
  /**
   * The settings that say whose account it is there; empty where none does. They stay as they are for as long as the account
   * lives: an order is asked for where it was made, or "not found" would prove nothing (decision 0058).
   */
  readonly identity: readonly string[];
  /**
   * The settings that hold the keys with which its replies are verified, each a list or a record of them; left out where it signs
   * none. Of what was made under an older version of the account the newest one's are believed, too (decision 0027).
   */
  readonly reply_keys?: readonly string[];
  /**
   * Its own queue takes so many calls at once in each worker, and hands out so many a second to all workers
   * together: a channel that is slow, or that would refuse more, keeps only its own payments waiting.
   */
  readonly calls: { readonly at_once: number; readonly per_second: number };
  /** What proves that an attempt takes no more money. */
  readonly closed_when: 'query_says_closed';
  /** The media type of the verdicts' bodies. */
  readonly verdict_type: 'application/json' | 'text/plain';
  /** What a callback must be answered with. */
  readonly verdicts: Readonly<
    Record<Verdict, { readonly status: number; readonly body: string | null }>
  >;
}

/** The facts with what is otherwise for this method. */
export function rulesFor(facts: ChannelFacts, method: string): ChannelRules {
  const exception = facts.exceptions?.[method];
  return exception ? { ...facts, ...exception } : facts;
}
