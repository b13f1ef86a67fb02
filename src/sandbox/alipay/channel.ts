import type { Channel } from '../channel.ts';
import { billFaults } from '../fault.ts';
import { resumeExpiries } from './close.ts';
import { alipayKeys } from './keys.ts';
import { nextAlipayKeys } from './next-key.ts';
import { act } from './payer.ts';
import type { AlipayOptions } from './route.ts';
import { alipayServer } from './server.ts';

/** Alipay's gateway with orders by QR code, page, wap, app and barcode, as `channels.md` section 2 has it. */
export function alipay(options: AlipayOptions): Channel {
  return {
    keys: { ...alipayKeys, ...nextAlipayKeys },
    rotates: 'at_once',
    calls: ['create', 'query', 'close', 'refund', 'query_refund', 'bill'],
    plays: ['insufficient_merchant_balance', ...billFaults],
    never: {
      bad_hash: 'nothing says what its bills hash to',
      refund_bounce: 'its refunds are done at once, and what a bank returns stays with the payer',
    },
    server: () => alipayServer(options),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => resumeExpiries(options),
  };
}
