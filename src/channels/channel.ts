import type { BillAnswer } from '../domain/bill.ts';
import type { DisputeAnswered } from '../domain/dispute-answer.ts';
import type { CaptureAnswer, CloseAnswer, ConfirmAnswer, CreateAnswer, IncrementAnswer, QueryAnswer, RefundAnswer } from '../domain/outcome.ts'; // prettier-ignore
import type { SetupAnswer, SetupClosed, SetupCreated } from '../domain/setup.ts';
import type { BillDay } from './bill.ts';
import type { Books } from './books.ts';
import type { CallbackReading, RawCallback } from './callback.ts';
import type { AnswerOrder } from './dispute-answer.ts';
import type { Send } from './exchange.ts';
import type { ChannelFacts } from './facts.ts';
import type { Grant } from './grant.ts';
import type { ForgetAnswer, KeepAnswer, Keeping } from './kept-method.ts';
import type { CaptureOrder, IncrementOrder, Order } from './order.ts';
import type { PayerReturn } from './payer-return.ts';
import type { RefundOrder } from './refund.ts';
import type { SetupOrder } from './setup.ts';

/** What every verb is given: the parsed account, the way out, and the time. */
export interface Call<Account> {
  readonly account: Account;
  readonly send: Send;
  readonly now: () => Date;
  /** For the channel whose other side is ours. */
  readonly books?: Books;
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
