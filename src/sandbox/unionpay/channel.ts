import type { Channel, ChannelOptions } from '../channel.ts';
import { billFaults } from '../fault.ts';
import { unionpayKeys } from './keys.ts';
import { nextUnionpayKeys } from './next-key.ts';
import { act } from './payer.ts';
import { resumeRefunds } from './refund-outcome.ts';
import { unionpayServer } from './server.ts';

/** UnionPay's gateway (ACP 5.1.0) with orders by code and for a client, as `docs/channels/unionpay.md` has it. */
export function unionpay(options: ChannelOptions): Channel {
  return {
    keys: { ...unionpayKeys, ...nextUnionpayKeys },
    rotates: 'at_once',
    calls: ['create', 'query', 'refund', 'query_refund', 'bill'],
    plays: ['insufficient_merchant_balance', ...billFaults],
    never: {
      stale_timestamp: 'its notices bear no time of sending',
      bad_hash: 'a bill is signed like every answer',
    },
    server: () => unionpayServer(options),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => resumeRefunds(options),
  };
}
