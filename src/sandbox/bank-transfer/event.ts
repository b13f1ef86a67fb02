import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { RefundEntry } from '../transaction.ts';
import { freshId } from './identifier.ts';
import { bankTransferKeys as keys } from './keys.ts';
import { returnOf, wireReturn } from './return-wire.ts';
import { type VirtualAccount, wireAccount } from './virtual-account.ts';
import { channel, wireTime } from './wording.ts';

/** A callback before it is signed: the same body at each sending, signed afresh. */
export interface Notice {
  readonly id: string;
  readonly type: 'credit.booked' | 'return.booked' | 'return.bounced' | 'return.rejected';
  readonly customer: string;
  readonly created_at: string;
  readonly virtual_account: object | null;
  readonly return: object | null;
}

function notice(
  type: Notice['type'],
  about: Pick<Notice, 'virtual_account'> | Pick<Notice, 'return'>,
): Notice {
  return {
    id: freshId('EV'),
    type,
    customer: keys.customer,
    created_at: wireTime(clock.now()),
    virtual_account: null,
    return: null,
    ...about,
  };
}

/** Money came; the newest credit is the last. */
export function tellCredit({ deliverer }: ChannelOptions, account: VirtualAccount): void {
  deliverer.enqueue({
    channel,
    reference: account.number,
    refund: null,
    url: account.asked.notify_url,
    notice: notice('credit.booked', { virtual_account: wireAccount(account) }),
  });
}

/** A return was booked, or has failed. */
export function tellReturn(
  { deliverer }: ChannelOptions,
  type: Exclude<Notice['type'], 'credit.booked'>,
  entry: RefundEntry,
): void {
  const { asked } = returnOf(entry);
  deliverer.enqueue({
    channel,
    reference: asked.virtual_account,
    refund: entry.reference,
    url: asked.notify_url,
    notice: notice(type, { return: wireReturn(entry) }),
  });
}
