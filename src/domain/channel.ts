/** The channels of the contract (section 4): the slug is the word for one everywhere. */
export const channelSlugs = [
  'wechat-pay',
  'alipay',
  'stripe',
  'paypal',
  'adyen',
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
   */
  readonly confirms: 'never' | 'at_once' | 'when_agreed';
  /** Milliseconds in which a resend under the same number or key is the same deed; null: for ever, 0: never. */
  readonly replay_window_ms: number | null;
  /**
   * What a settled "not found" means. `never_created`: no order and no money, a resend is safe. `not_opened`: an order
   * comes into being when the payer opens it; until then nobody can close it, and only its expiry ends it.
   */
  readonly not_found_means: 'never_created' | 'not_opened';
  /** How often one hold can be captured. */
  readonly captures: 'none' | 'once' | 'multiple';
  /** Least time between two refunds of one payment, in milliseconds, and how many there may be. */
  readonly refund_spacing_ms: number;
  readonly refunds_max: number;
}
