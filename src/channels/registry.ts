import type { Channel } from './channel.ts';
import { wechatPay } from './wechat-pay/channel.ts';

/** Every channel of this build, one line each. */
const registered: readonly Channel[] = [wechatPay as Channel];

/** All channels. */
export function allChannels(): readonly Channel[] {
  return registered;
}

/** The channel with this slug, if this build has it. */
export function channelFor(slug: string): Channel | undefined {
  return registered.find((channel) => channel.slug === slug);
}
