import type { Call, Channel } from '../channels/channel.ts';
import { createParsedAccounts } from '../channels/parsed-account.ts';
import { type KeptSettings, openSettings } from '../store/account-settings.ts';
import { findSettings } from '../store/channel-account.ts';
import type { Store } from '../store/store.ts';
import { sendThrough, type Sent } from './exchange.ts';
import { bearing, createTokens } from './token.ts';

/** At which account a channel is called. */
interface Place {
  readonly channel: string;
  readonly channel_account: string;
}

/** Makes calls that move no money, with the newest settings of an account; they may leave twice. Throws where it has none. */
export type UnfencedCalls = (
  channel: Channel,
  place: Place,
  log: (sent: Sent) => Promise<void>,
) => Promise<Call<unknown>>;

/** @param timeout_ms of each of their requests */
export function createUnfencedCalls(
  store: Store,
  timeout_ms = store.timing.channel_timeout_ms,
): UnfencedCalls {
  const accountOf = createParsedAccounts((kept: KeptSettings) => openSettings(store.keyring, kept));
  const tokens = createTokens(store.timing.channel_timeout_ms);
  return async (channel, place, log) => {
    const settings = await findSettings(store.pool, place.channel, place.channel_account);
    if (!settings) throw new Error(`no account ${place.channel_account} at ${place.channel}`);
    const account = accountOf(channel, settings);
    const send = sendThrough({
      timeout_ms,
      fence: () => Promise.resolve('taken'),
      redact: channel.redact,
      log,
    });
    const { grant } = channel;
    return {
      account,
      now: () => new Date(),
      send: grant ? bearing(send, tokens, grant, account as object) : send,
    };
  };
}

/** When what waits is tried again: after half its age, soon at first and in the end every ten minutes. @returns milliseconds */
export function nextTryIn(age_ms: number): number {
  return Math.min(Math.max(age_ms / 2, 1_000), 600_000);
}
