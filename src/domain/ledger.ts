import type { Money } from './money.ts';

/**
 * Accounts, each per merchant, mode (test or live) and currency; `channel_clearing` also per channel.
 * `channel_clearing` (asset): what the channel has taken and not returned.
 * `merchant_payable` (liability): what we owe the merchant.
 * `payer_payable` (liability): late and duplicate money, and parts of an order not yet paid: owed back to the payer.
 * `paid_otherwise` (liability): returned to the payer outside the channel, owed to whoever paid it out.
 * `disputed` (asset): what channels have withdrawn for disputes, until it is decided who bears it.
 * `wallet` (liability), one per wallet: what a customer has with the merchant.
 * `wallet_clearing` (liability): what wallets have paid to payments; `channel_clearing` of `balance` from the other side.
 */
export const ledgerAccounts = [
  'channel_clearing', 'merchant_payable', 'payer_payable', 'paid_otherwise', 'wallet',
  'wallet_clearing', 'disputed',
] as const; // prettier-ignore
export type LedgerAccount = (typeof ledgerAccounts)[number];

export const postingReasons = [
  'order_paid', 'late_receipt', 'duplicate_receipt', 'late_accepted',
  'refund_succeeded', 'refund_reversed', 'refund_paid_otherwise', 'return_succeeded', 'return_reversed', 'return_paid_otherwise',
  'captured', 'part_receipt', 'part_accepted', 'wallet_paid', 'wallet_captured', 'wallet_refunded',
  'dispute_withdrawn', 'dispute_returned', 'dispute_lost', 'dispute_regained', 'gift_redeemed',
] as const; // prettier-ignore
export type PostingReason = (typeof postingReasons)[number];

/** What moved: one event of the money, from which its posting follows. */
export interface MoneyEvent extends Money {
  readonly reason: PostingReason;
  readonly channel: string;
  /** The receipt, movement of a refund or of a dispute, or gift code that it is about: with the reason, unique per payment. */
  readonly subject: string;
}

export interface Posting extends MoneyEvent {
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
}

const rules = {
  order_paid: { debit: 'channel_clearing', credit: 'merchant_payable' },
  late_receipt: { debit: 'channel_clearing', credit: 'payer_payable' },
  duplicate_receipt: { debit: 'channel_clearing', credit: 'payer_payable' },
  late_accepted: { debit: 'payer_payable', credit: 'merchant_payable' },
  captured: { debit: 'channel_clearing', credit: 'merchant_payable' },
  // The payer's, until what is missing has come.
  part_receipt: { debit: 'channel_clearing', credit: 'payer_payable' },
  part_accepted: { debit: 'payer_payable', credit: 'merchant_payable' },
  // A refund is the merchant's money; a return is late or duplicate money, which was the payer's all along.
  refund_succeeded: { debit: 'merchant_payable', credit: 'channel_clearing' },
  refund_reversed: { debit: 'channel_clearing', credit: 'merchant_payable' },
  refund_paid_otherwise: { debit: 'merchant_payable', credit: 'paid_otherwise' },
  return_succeeded: { debit: 'payer_payable', credit: 'channel_clearing' },
  return_reversed: { debit: 'channel_clearing', credit: 'payer_payable' },
  return_paid_otherwise: { debit: 'payer_payable', credit: 'paid_otherwise' },
  // What a payer gets back by a dispute is the merchant's loss, but not before it is lost.
  dispute_withdrawn: { debit: 'disputed', credit: 'channel_clearing' },
  dispute_returned: { debit: 'channel_clearing', credit: 'disputed' },
  dispute_lost: { debit: 'merchant_payable', credit: 'disputed' },
  dispute_regained: { debit: 'disputed', credit: 'merchant_payable' },
  // Booked by the wallets themselves; the payment books its own side when it hears of it.
  wallet_paid: { debit: 'wallet', credit: 'wallet_clearing' },
  wallet_captured: { debit: 'wallet', credit: 'wallet_clearing' },
  wallet_refunded: { debit: 'wallet_clearing', credit: 'wallet' },
  // The merchant's gift. Nothing before: a code that nobody redeems has cost him nothing.
  gift_redeemed: { debit: 'merchant_payable', credit: 'wallet' },
} as const satisfies Record<PostingReason, { debit: LedgerAccount; credit: LedgerAccount }>;

/** Whom the money of a payment belongs to that pays its order: the merchant, or for a top-up the wallet. */
export type Payee = 'merchant_payable' | 'wallet';

/** Every accounting rule: which account is debited and which credited for what happened. */
export function postingFor(event: MoneyEvent, payee: Payee = 'merchant_payable'): Posting {
  const { debit, credit } = rules[event.reason];
  const account = (name: LedgerAccount) => (name === 'merchant_payable' ? payee : name);
  return { ...event, debit: account(debit), credit: account(credit) };
}
