import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { tellCredit } from './event.ts';
import { freshId } from './identifier.ts';
import { type Credit, saveAccount, type VirtualAccount } from './virtual-account.ts';

/**
 * Books money that came to a virtual account, also to a closed one: the bank had accepted it before.
 *
 * @param came amount in minor units; without a remittance the payer wrote the account's own reference
 * @returns the transaction after it
 */
export function bookCredit(
  options: ChannelOptions,
  account: VirtualAccount,
  came: Pick<Credit, 'amount' | 'currency'> & { readonly remittance?: string | undefined },
): Transaction {
  const credit: Credit = {
    id: freshId('CR'),
    amount: came.amount,
    currency: came.currency,
    booked_at: clock.now(),
    remittance: came.remittance ?? account.creditor_reference,
  };
  const after = { ...account, credits: [...account.credits, credit] };
  const transaction = saveAccount(options.books, after);
  tellCredit(options, after);
  return transaction;
}
