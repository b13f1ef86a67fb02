import { sendThrough } from '../../src/activities/exchange.ts';
import type { Call, Channel } from '../../src/channels/channel.ts';
import { channelFor } from '../../src/channels/registry.ts';
import type { ConfirmAnswer, CreateAnswer } from '../../src/domain/outcome.ts';
import type { BareOrder } from './order.ts';
import type { Settings } from './settings.ts';

/** The outside calls of a bare workflow. */
export interface BareActivities {
  readonly create: (bare: BareOrder) => Promise<CreateAnswer>;
  readonly confirm: (bare: BareOrder, handle: string) => Promise<ConfirmAnswer>;
  readonly notify: (id: string) => Promise<void>;
}

/** The same adapters and the same way out as Holdfast's, without fence and log. */
export function bareActivities({ accounts, inboxUrl }: Settings): BareActivities {
  const send = sendThrough({
    timeout_ms: 10_000,
    fence: () => Promise.resolve('taken'),
    log: () => Promise.resolve(),
    redact: (text) => text,
  });
  const speakTo = (slug: string): { channel: Channel; call: Call<unknown> } => {
    const channel = channelFor(slug);
    if (!channel) throw new Error(`no channel '${slug}' in this build`);
    const settings = accounts.find((account) => account.channel === slug)?.settings;
    return { channel, call: { account: channel.parseAccount(settings), send, now: () => new Date() } };
  };
  return {
    create: async ({ channel: slug, order }) => {
      const { channel, call } = speakTo(slug);
      return channel.create(call, order);
    },
    confirm: async ({ channel: slug, order }, handle) => {
      const { channel, call } = speakTo(slug);
      if (!channel.confirm) throw new Error(`${slug} has no 'confirm'`);
      const channel_key = `${order.channel_key}-confirm`; // one key is one request
      return channel.confirm(call, { ...order, handle, channel_key });
    },
    notify: async (id) => {
      const object = { id, object: 'payment', status: 'succeeded' };
      const response = await fetch(inboxUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ id, type: 'payment.succeeded', data: { object } }),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
    },
  };
} // prettier-ignore
