import type { Channel, ChannelOptions } from '../channel.ts';
import { billFaults } from '../fault.ts';
import { bankTransferKeys } from './keys.ts';
import { act } from './payer.ts';
import { planNext } from './return.ts';
import { bankTransferServer } from './server.ts';
import { accountOf, planEnd } from './virtual-account.ts';
import { channel } from './wording.ts';

/** A bank with virtual accounts, as `docs/channels/bank-transfer.md` has it. */
export function bankTransfer(options: ChannelOptions): Channel {
  return {
    keys: bankTransferKeys,
    rotates: 'at_once',
    calls: ['create', 'query', 'close', 'refund', 'query_refund', 'bill'],
    plays: ['insufficient_merchant_balance', 'customer_blocked', ...billFaults],
    never: {
      says_failed: 'a transfer that came does not fail',
      fee_drift: 'its statements name no fees',
      bad_hash: 'a statement is signed like every answer',
    },
    takesAnyAmount: true,
    server: () => bankTransferServer(options),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => resume(options),
  };
}

/** Plans again what an earlier run still had to end: accounts and returns. */
function resume(options: ChannelOptions): void {
  for (const transaction of options.books.transactions.values()) {
    if (transaction.channel !== channel) continue;
    const account = accountOf(transaction);
    if (account.closed_at === null) planEnd(options, account);
    for (const entry of transaction.refunds) planNext(options, entry);
  }
}
