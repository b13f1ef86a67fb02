import type { BillAnswer, BillFlow } from '../domain/bill.ts';
import type { ChannelRules } from '../domain/channel.ts';
import type { DisputeNotice } from '../domain/dispute.ts';
import type { AnswerWords, DisputeAnswered } from '../domain/dispute-answer.ts';
import type { Money } from '../domain/money.ts';
import type { CaptureAnswer, CaptureNotice, CloseAnswer, ConfirmAnswer, CreateAnswer, IncrementAnswer, NeverSent, Notice, QueryAnswer, RefundAnswer, Unknown } from '../domain/outcome.ts'; // prettier-ignore
import type { Card, Usage } from '../domain/payment-method.ts';
import type { SetupAnswer, SetupClosed, SetupCreated, Unfit } from '../domain/setup.ts';
import type { Books } from './books.ts';

/** One request as it goes over the wire; the adapter has signed exactly these bytes. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What comes is a file about many orders: it may be large, and is read as it comes and not kept. */
  readonly is_file?: true;
}

/** What came back: a reply, or the certainty that nothing left (`never_sent`), or neither (`lost`). Header names are lower case. */
export type HttpReply =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** In place of the text, where a file was asked for. */
      readonly file?: Buffer;
    }
  | { readonly kind: 'never_sent'; readonly detail: string }
  | { readonly kind: 'lost'; readonly detail: string };

/**
 * Sends one request; whatever the network does is a value. It rejects only when the send fence could not be
 * asked, and then nothing left. The caller of the adapter owns timeout, fence and the redacted log of exchanges.
 */
export type Send = (request: HttpRequest) => Promise<HttpReply>;

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

/** What every verb is given: the parsed account, the way out, and the time. */
export interface Call<Account> {
  readonly account: Account;
  readonly send: Send;
  readonly now: () => Date;
  /** For the channel whose other side is ours. */
  readonly books?: Books;
}

/** Where nobody can be asked: the files in which the channel reported since this was made, oldest first. */
export interface Reports {
  readonly names: readonly string[];
  /** The last ones that it made before: only the channel can tell whether one is missing between them. */
  readonly before: readonly string[];
  /** One of them came out so late that this would stand in it, or in an earlier one. */
  readonly is_late: boolean;
}

/** What a payer's browser brought back: our number of his payment, and what only the channel can judge, if it is there. */
export interface PayerReturn {
  readonly reference: string;
  readonly returned: string | null;
}

/** The attempt as stored. A resend builds the same body from it, byte for byte, so nothing in it may come from "now". */
export interface Order extends Money {
  /** The method type of the contract that the payer chose. */
  readonly method: string;
  /** Our number at the channel: the attempt's id. */
  readonly reference: string;
  readonly description: string;
  /** RFC 3339, UTC, whole seconds. */
  readonly expires_at: string;
  readonly notify_url: string;
  /** Names what is made: the same for every resend, so that the channel does it once. */
  readonly channel_key: string;
  /** The channel's number of an order that it told before it moved money; null without that step. */
  readonly handle: string | null;
  readonly capture: 'automatic' | 'manual';
  /** What the payer's method came with: a card token (for `confirm` alone), his openid, his browser's address, the code that he presents. */
  readonly token: string | null;
  /** `on_session`, `off_session`: the token is that of a kept method, as `keep` told it. Left out: `once`. */
  readonly usage?: Usage;
  /** Where the payer's browser goes after a redirect. */
  readonly return_url: string | null;
  /** For `confirm` alone, where the payer was sent elsewhere: what he brought back. */
  readonly returned?: string | null;
  /** For `query` alone, where nobody can be asked. */
  readonly reports?: Reports;
}

/** A method that is to be kept for later payments without one, as stored: a resend says the same. */
export interface SetupOrder {
  /** The method type of the contract. */
  readonly method: string;
  /** Our number at the channel: the saved method's id. */
  readonly reference: string;
  /** Names what is made: the same for every resend, so that the channel does it once. */
  readonly channel_key: string;
  /** The channel's number of it, once it told one. */
  readonly handle: string | null;
  /** What the method came with, for `confirmSetup` alone. */
  readonly token: string | null;
  /** Where the payer's browser goes after a redirect. */
  readonly return_url: string;
}

/** A method that is to be kept for later payments: it has paid an order, or holds its money, or was set up for that alone. */
export type Keeping = {
  /** Our number of the saved method: what is made at the channel under it is made once. */
  readonly payment_method: string;
} & ({ readonly order: Order } | { readonly setup: SetupOrder });

/** `kept`: the channel knows it by `token` from now on. `unfit`: it cannot be kept, now and later. Else it is tried again. */
export type KeepAnswer =
  | { readonly kind: 'kept'; readonly token: string; readonly card: Card | null }
  | Unfit
  | NeverSent
  | Unknown;

export type ForgetAnswer = { readonly kind: 'forgotten' } | NeverSent | Unknown;

/** Taking all or a part of what is held. */
export interface CaptureOrder extends Order {
  /** Our number for the capture: its id. */
  readonly capture_reference: string;
  /** What is to be taken now, and what was taken of this hold before. */
  readonly capture_amount: Money['amount'];
  readonly captured_before: Money['amount'];
  /** The rest is to be released. */
  readonly is_final: boolean;
}

/** Raising what is held, to a new total. */
export interface IncrementOrder extends Order {
  readonly increment_amount: Money['amount'];
}

/** One refund of one receipt. */
export interface RefundOrder extends Money {
  /** The method type that the order was paid with. */
  readonly method: string;
  /** Our number for the refund at the channel: the refund's id. */
  readonly reference: string;
  /** The channel's number of the receipt that is paid back. */
  readonly receipt_reference: string;
  readonly attempt_reference: string;
  /** What the receipt took in all, in the same currency. */
  readonly receipt_amount: Money['amount'];
  readonly reason: string;
  readonly notify_url: string;
  readonly channel_key: string;
  readonly handle: string | null;
  /** The channel's own number of the refund, once it told one. */
  readonly channel_reference: string | null;
  /** For `queryRefund` alone, where nobody can be asked. */
  readonly reports?: Reports;
}

/** The bill of one day. */
export interface BillDay {
  /** Of the zone that `facts.bill` names, like 2026-11-29. */
  readonly day: string;
  readonly flow: BillFlow;
  /** Where nobody can be asked: the files in which the channel reported on that day. */
  readonly reports: readonly string[];
}

/** What a channel's bills are. */
export interface BillFacts {
  /** What it has bills of. The first one is where payments stand by our numbers. */
  readonly flows: readonly [BillFlow, ...BillFlow[]];
  /** Whose days they are of, as the time zone database names it. */
  readonly zone: string;
  /** Milliseconds from the end of the day until its bill is ready. */
  readonly ready_after_ms: number;
}

/** What a merchant says against a dispute. */
export interface AnswerOrder {
  /** The channel's own number of the dispute. */
  readonly dispute: string;
  /** Our number of the answer: by it we find at the channel that it was given. */
  readonly reference: string;
  readonly channel_key: string;
  readonly words: AnswerWords;
}

/** A callback as it came in; `headers` in lower case. */
export interface RawCallback {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * What a callback turned out to be.
 * - `attempt`, `capture`, `refund`: verified and about our number `reference`; `event` is the channel's id of the notice.
 *   `order`: the channel's own number of the order, where several orders could bear one number of ours.
 * - `dispute`: verified, and a payer contests what was paid: under our number `reference`, or where the notice does not
 *   name that, under `order`, the channel's own number of the order or of what was taken for it.
 * - `setup`: verified, and something changed about the method that is set up under our number `reference` and the channel's `order`: what,
 *   the channel must be asked.
 * - `report`: a file of this name has come out.
 * - `forged`: the signature is not the channel's (or of another account); `stale`: signed too long ago or ahead.
 * - `foreign`: verified, but names another merchant account; `meaningless`: verified, but says nothing we can read.
 * - `irrelevant`: verified and readable, but no matter of ours: accepted, so that it is not sent again, and not kept.
 */
export type CallbackReading =
  | {
      readonly kind: 'attempt';
      readonly event: string;
      readonly reference: string;
      readonly order?: string;
      readonly answer: QueryAnswer | Notice;
    }
  | {
      readonly kind: 'capture';
      readonly event: string;
      readonly reference: string;
      readonly answer: CaptureNotice;
    }
  | {
      readonly kind: 'refund';
      readonly event: string;
      readonly reference: string;
      readonly answer: RefundAnswer;
    }
  | ({ readonly kind: 'dispute'; readonly event: string; readonly answer: DisputeNotice } & (
      { readonly reference: string } | { readonly order: string }
    ))
  | {
      readonly kind: 'setup';
      readonly event: string;
      readonly reference: string;
      readonly order: string;
    }
  | { readonly kind: 'report'; readonly event: string; readonly name: string }
  | {
      readonly kind: 'irrelevant';
      readonly event: string;
      readonly detail: string;
      /** Our number of the attempt that it is about, where it names one. */
      readonly reference?: string;
    }
  | { readonly kind: 'forged' | 'stale' | 'foreign' | 'meaningless'; readonly detail: string };

/** What we say to a callback: taken (also a duplicate), refused for ever, signature refused, or "send it again". */
export type Verdict = 'accepted' | 'refused' | 'forged' | 'retry';

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

/**
 * One payment channel. Verbs never throw for what the channel or the network does: every outcome is a value.
 * Adapters know wire formats and signatures; they hold no state and read no clock but `call.now`.
 */
export interface Channel<Account = unknown> {
  readonly slug: string;
  readonly facts: ChannelFacts;
  /** Parses the stored settings of a channel account. Throws `WrongSettings` (settings.ts). */
  readonly parseAccount: (settings: unknown) => Account;
  /** Where the settings themselves say it: is the money of this account real? Null where they do not. */
  readonly isLive?: (account: Account) => boolean | null;
  /** Where requests bear a token. */
  readonly grant?: Grant<Account>;
  readonly create: (call: Call<Account>, order: Order) => Promise<CreateAnswer>;
  readonly query: (call: Call<Account>, order: Order) => Promise<QueryAnswer>;
  /** Unless `facts.confirms` is `never`: the step that takes the money or the hold. */
  readonly confirm?: (call: Call<Account>, order: Order) => Promise<ConfirmAnswer>;
  readonly close: (call: Call<Account>, order: Order) => Promise<CloseAnswer>;
  /** Where `facts.captures` is not `none`: takes what is held, and gives the rest back. */
  readonly capture?: (call: Call<Account>, order: CaptureOrder) => Promise<CaptureAnswer>;
  /** Where `facts.increments` says so: raises what is held. */
  readonly increment?: (call: Call<Account>, order: IncrementOrder) => Promise<IncrementAnswer>;
  readonly void?: (call: Call<Account>, order: Order) => Promise<CloseAnswer>;
  readonly refund: (call: Call<Account>, refund: RefundOrder) => Promise<RefundAnswer>;
  readonly queryRefund: (call: Call<Account>, refund: RefundOrder) => Promise<RefundAnswer>;
  /**
   * Where `facts.setup_methods` names any: begins to have a method kept without a payment. It keeps nothing yet, and its number is known
   * before it is confirmed.
   */
  readonly setup?: (call: Call<Account>, setup: SetupOrder) => Promise<SetupCreated>;
  /** Has the payer's bank agree to it, or says where he does. */
  readonly confirmSetup?: (call: Call<Account>, setup: SetupOrder) => Promise<SetupAnswer>;
  readonly querySetup?: (call: Call<Account>, setup: SetupOrder) => Promise<SetupAnswer>;
  /** Ends one that nobody waits for any more. */
  readonly closeSetup?: (call: Call<Account>, setup: SetupOrder) => Promise<SetupClosed>;
  /** Has the channel keep what an order was paid with, or what was set up; where `facts.kept_methods` names any. */
  readonly keep?: (call: Call<Account>, keeping: Keeping) => Promise<KeepAnswer>;
  /** Ends that: with this token nothing can be paid any more. */
  readonly forget?: (
    call: Call<Account>,
    kept: { readonly payment_method: string; readonly token: string },
  ) => Promise<ForgetAnswer>;
  /**
   * Where `facts.bill` says so: the bill of a day, read to its end and verified by what the channel says of it (signature,
   * hash, sums); at most some 100,000 rows, in memory.
   */
  readonly bill?: (call: Call<Account>, asked: BillDay) => Promise<BillAnswer>;
  /** Where `facts.answers_disputes`: sends it to the payer's bank, once, however often it is called; first asks whether that was done. */
  readonly answerDispute?: (call: Call<Account>, answer: AnswerOrder) => Promise<DisputeAnswered>;
  /** Where one body may hold several notices: each as a body of its own, verified and stored by itself. */
  readonly parts?: (body: Buffer) => readonly Buffer[];
  /** Where `facts.confirms` is `when_returned`: reads the query of the address to which the payer's browser came back. */
  readonly readReturn?: (query: Readonly<Record<string, string>>) => PayerReturn | null;
  /** Verifies the raw bytes and reads them; compares order number form and account, never the amount (the caller does). */
  readonly readCallback: (account: Account, callback: RawCallback, now: Date) => CallbackReading;
  /** A text of an exchange with what must not be kept (secrets, payer ids) replaced. */
  readonly redact: (text: string) => string;
}
