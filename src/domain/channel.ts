/** The channels of the contract (section 4): the slug is the word for one everywhere. */
export const channelSlugs = [
  'wechat-pay',
  'alipay',
  'stripe',
  'paypal',
  'adyen',
  'unionpay',
  'bank-transfer',
  'balance',
] as const;

/** Whose rules are asked for: a channel, and which of its methods. */
export interface Served {
  readonly channel: string;
  readonly method: string;
}

/** What a fold must know of a channel: facts that the channels state as data. */
export interface ChannelRules {
  /**
   * When our confirmation takes the money of an order that was created first. `never`: the payer's act takes it;
   * `at_once`: when its number is recorded; `when_agreed`: when the payer has agreed to it, and by nobody but us.
   * `when_returned`: creating takes it at once, unless the payer must go elsewhere first; then by what he brings back.
   */
  readonly confirms: 'never' | 'at_once' | 'when_agreed' | 'when_returned';
  /**
   * Null: the channel can be asked at any time. Else nobody can be asked: what it does not tell by itself stands in its
   * report, and what those lack of which one came out so many milliseconds after the last call for it never happened.
   */
  readonly reported_after_ms: number | null;
  /** Milliseconds in which a resend under the same number or key is the same deed; null: for ever, 0: never. */
  readonly replay_window_ms: number | null;
  /**
   * What a settled "not found" means. `never_created`: no order and no money, a resend is safe. `not_opened`: an order
   * comes into being when the payer opens it; until then nobody can close it, and only its expiry ends it.
   */
  readonly not_found_means: 'never_created' | 'not_opened';
  /**
   * Where the payer presents a code and `create` charges with it: milliseconds in which he must have paid, or the order
   * is reversed by `close`, which closes it or gives back what was paid. Absent where closing takes nothing back.
   */
  readonly reversed_after_ms?: number;
  /**
   * Several payments may come under one order, also when it is paid or over, each with a notice that may be lost: it is
   * looked at once more when all that the channel had taken in must be booked. Absent where an order is paid once.
   */
  readonly several_credits?: true;
  /** How often one hold can be captured. */
  readonly captures: 'none' | 'once' | 'multiple';
  /** What is held can be raised before it is captured (decision 0036). Absent where it cannot. */
  readonly increments?: true;
  /**
   * What of the channel's own a refund must name: its number of the order, or of the very money. A receipt that a person
   * vouched for has none, until the channel tells it. Absent where our number of the order will do.
   */
  readonly refund_names?: 'order' | 'money';
  /**
   * A refund comes out of one receipt, such as one capture of a hold, and is no more than is left of it. Absent where any
   * amount up to all that was captured goes back at once.
   */
  readonly refunds_per_receipt?: true;
  /** Least time between two refunds of one payment, in milliseconds, and how many there may be. */
  readonly refund_spacing_ms: number;
  readonly refunds_max: number;
}

/** Does an order take money as soon as it is made or the payer pays, without a confirmation of ours? */
export function takesMoneyUnconfirmed({ confirms }: ChannelRules): boolean {
  return confirms === 'never' || confirms === 'when_returned';
}
