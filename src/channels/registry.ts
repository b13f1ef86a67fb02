import type { ChannelRules, Served } from '../domain/channel.ts';
import { adyen } from './adyen/channel.ts';
import { alipay } from './alipay/channel.ts';
import { balance } from './balance/channel.ts';
import { bankTransfer } from './bank-transfer/channel.ts';
import type { Channel } from './channel.ts';
import { rulesFor } from './facts.ts';
import { paypal } from './paypal/channel.ts';
import { stripe } from './stripe/channel.ts';
import { unionpay } from './unionpay/channel.ts';
import { wechatPay } from './wechat-pay/channel.ts';

/** Every channel of this build, one line each. */
const registered: readonly Channel[] = [
  wechatPay as Channel,
  alipay as Channel,
  stripe as Channel,
  paypal as Channel,
  bankTransfer as Channel,
  adyen as Channel,
  unionpay as Channel,
  balance as Channel,
];

/** What the rules know of this method of this channel. Throws for a channel that this build does not have. */
export function rulesOf({ channel: slug, method }: Served): ChannelRules {
  const channel = channelFor(slug);
  if (!channel) throw new Error(`no channel '${slug}' in this build`);
  return rulesFor(channel.facts, method);
}

/** All channels. */
export function allChannels(): readonly Channel[] {
  return registered;
}

/** The channel with this slug, if this build has it. */
export function channelFor(slug: string): Channel | undefined {
  return registered.find((channel) => channel.slug === slug);
}
