import type { Channel } from '../channel.ts';
import { billFaults } from '../fault.ts';
import { wechatPayKeys } from './keys.ts';
import { nextPlatformKeys } from './next-platform.ts';
import { act } from './payer.ts';
import { resumeRefunds } from './refund-outcome.ts';
import type { WechatPayOptions } from './request.ts';
import { wechatPayServer } from './server.ts';

/** WeChat Pay APIv3 with native, JSAPI, app, H5 and payer's-code orders, as `channels.md` section 1 has it. */
export function wechatPay(options: WechatPayOptions): Channel {
  return {
    keys: { ...wechatPayKeys, ...nextPlatformKeys },
    rotates: 'at_once',
    calls: ['create', 'query', 'close', 'refund', 'query_refund', 'bill'],
    plays: ['insufficient_merchant_balance', 'double_spelling_errors', ...billFaults],
    server: () => wechatPayServer(options),
    act: (transaction, asked) => act(options, transaction, asked),
    resume: () => resumeRefunds(options),
  };
}
