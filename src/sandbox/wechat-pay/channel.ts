import type { Channel, ChannelOptions } from '../channel.ts';
import { wechatPayKeys } from './keys.ts';
import { act } from './payer.ts';
import { resumeRefunds } from './refund.ts';
import { wechatPayServer } from './server.ts';

/** WeChat Pay APIv3 with native QR orders, as `channels.md` section 1 has it. */
export function wechatPay(options: ChannelOptions): Channel {
  return {
    keys: wechatPayKeys,
    calls: ['create', 'query', 'close', 'refund', 'query_refund'],
    server: () => wechatPayServer(options),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => resumeRefunds(options),
  };
}
