import type { ChannelRules } from '../domain/channel.ts';
import { alipay } from './alipay/channel.ts';
import type { Channel } from './channel.ts';
import { paypal } from './paypal/channel.ts';
import { stripe } from './stripe/channel.ts';
import { wechatPay } from './wechat-pay/channel.ts';

/** Every channel of this build, one line each. */
const registered: readonly Channel[] = [
  wechatPay as Channel,
  alipay as Channel,
  stripe as Channel,
  paypal as Channel,
];

/** What the rules know of the channel with this slug. Throws for one that this build does not have. */
export function rulesOf(slug: string): ChannelRules {
  const channel = channelFor(slug);
  if (!channel) throw new Error(`no channel '${slug}' in this build`);
  return channel.facts;
}

/** All channels. */
export function allChannels(): readonly Channel[] {
  return registered;
}

/** The channel with this slug, if this build has it. */
export function channelFor(slug: string): Channel | undefined {
  return registered.find((channel) => channel.slug === slug);
}
