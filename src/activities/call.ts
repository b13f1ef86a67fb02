import { ApplicationFailure } from '@temporalio/common';

import type { Call, Channel } from '../channels/channel.ts';
import type { HttpRequest } from '../channels/exchange.ts';
import { createParsedAccounts, type ParsedAccounts } from '../channels/parsed-account.ts';
import { believing, type Settings } from '../channels/reply-key.ts';
import { channelNumberMax, longestIn } from '../domain/channel-number.ts';
import type { Answer } from '../domain/outcome.ts';
import { faultPoint } from '../fault-point.ts';
import { openSettings, type PinnedSettings } from '../store/account-settings.ts';
import { type Exchange, exchangeOf } from '../store/exchange.ts';
import type { Keyring } from '../store/keyring.ts';
import type { StoredCall } from '../store/operation.ts';
import type { Store } from '../store/store.ts';
import { booksBehind } from './books.ts';
import { sendThrough, type Wire } from './exchange.ts';
import { captureOf, incrementOrderOf, orderOf, refundOf } from './order.ts';
import { bearing, createTokens, type Tokens } from './token.ts';
import { type Hears, type Watch, watched } from './watch.ts';

/** What calls are made with. */
export interface CallDependencies {
  readonly store: Store;
  readonly channelFor: (slug: string) => Channel | undefined;
  /** Under it channels call back, and payers come back. */
  readonly publicUrl: string;
  /** Counts the calls, and says whether a new attempt may begin. */
  readonly health: Watch;
}

/** How one call leaves: by which fence, and where what was said is kept. */
export interface Way {
  readonly fence: (request?: HttpRequest) => ReturnType<Wire['fence']>;
  readonly log: (exchange: Exchange) => Promise<void>;
}

/** Makes an operation's call. Throws where this build has not its channel, or its channel not the verb: bugs, and final. */
export type Calls = (stored: StoredCall, way: Way) => Promise<Answer>;

/** What all calls of this process share. */
interface Shared extends CallDependencies {
  readonly accountOf: ParsedAccounts<PinnedSettings>;
  readonly tokens: Tokens;
}

/** The calls of payments' operations, over accounts that are parsed once and tokens that are fetched once. */
export function createCalls(dependencies: CallDependencies): Calls {
  const { store } = dependencies;
  const accountOf = createParsedAccounts((kept: PinnedSettings, channel) =>
    openPinned(store.keyring, kept, channel.facts.reply_keys),
  );
  const tokens = createTokens(store.timing.channel_timeout_ms);
  const shared: Shared = { ...dependencies, accountOf, tokens };
  return (stored, way) => perform(shared, stored, way);
}

/** Calls go with the version that the attempt was made with; replies are believed by the newest one's keys, too (decision 0027). */
function openPinned(
  keyring: Keyring,
  kept: PinnedSettings,
  reply_keys: readonly string[] = [],
): unknown {
  const own = openSettings(keyring, kept);
  if (!kept.newest || reply_keys.length === 0) return own;
  const newest = openSettings(keyring, kept.newest);
  return believing(own as Settings, newest as Settings, reply_keys);
}

/**
 * Makes the call, or holds it back. Whatever stopped it before its fence (an open circuit, no token, a question first) knows of
 * this sender alone: the fence is taken all the same, so that "never sent" is true whoever else has the call.
 */
async function perform(shared: Shared, stored: StoredCall, way: Way): Promise<Answer> {
  const seen = { isFenced: false };
  const fence: Way['fence'] = (request) => {
    seen.isFenced = true;
    return way.fence(request);
  };
  const answer = await watched(shared.health, stored, (hears) =>
    made(shared, stored, { ...way, fence }, hears),
  );
  if (answer.kind !== 'never_sent' || seen.isFenced || (await way.fence()) !== 'sent')
    return answer;
  return { kind: 'unknown', detail: 'another sender has sent this operation' };
}

/** Makes the call. @param hears of each request that left, and what came of it */
async function made(shared: Shared, stored: StoredCall, way: Way, hears: Hears): Promise<Answer> {
  const channel = shared.channelFor(stored.channel);
  if (!channel)
    throw ApplicationFailure.nonRetryable(`no channel '${stored.channel}' in this build`);
  const account = shared.accountOf(channel, stored.account);
  const send = sendThrough({
    timeout_ms: shared.store.timing.channel_timeout_ms,
    fence: async (request) => {
      faultPoint(`fence.${stored.verb}.before`);
      // What only asks moves nothing, however often it is sent: the fence is for what comes after it.
      const taken = request.method === 'GET' ? 'taken' : await way.fence(request);
      faultPoint(`call.${stored.verb}.before`);
      return taken;
    },
    redact: channel.redact,
    log: (sent) => {
      faultPoint(`call.${stored.verb}.after`);
      hears(sent);
      return way.log(exchangeOf({ ...about(stored), ...sent }));
    },
  });
  const { grant } = channel;
  const call: Call<unknown> = {
    account,
    send: grant ? bearing(send, shared.tokens, grant, account as object, hears) : send,
    now: () => new Date(),
    books: booksBehind(shared.store, {
      operation: stored.id,
      verb: stored.verb,
      timeout_ms: shared.store.timing.channel_timeout_ms,
      log: (sent) => way.log(exchangeOf({ ...about(stored), ...sent })),
    }),
  };
  return legible(await speak(channel, call, stored, shared));
}

/** An answer that could not be kept is none: the channel is asked again. */
function legible(answer: Answer): Answer {
  const length = longestIn(answer);
  if (length <= channelNumberMax) return answer;
  return { kind: 'unknown', detail: `a number of it has ${length} characters` };
}

function about(stored: StoredCall) {
  const { payment_id, id: operation_id, channel, verb } = stored;
  return { payment_id, operation_id, channel, verb };
}

function speak(
  channel: Channel,
  call: Call<unknown>,
  stored: StoredCall,
  { store, publicUrl }: Shared,
): Promise<Answer> {
  const notify_url = `${publicUrl}/v1/callbacks/${stored.channel}/${stored.channel_account}`;
  const order = orderOf(stored, store, notify_url, `${publicUrl}/return`);
  switch (stored.verb) {
    case 'create':
      return channel.create(call, order);
    case 'confirm':
      return verbOf(channel, 'confirm')(call, order);
    case 'query':
      return channel.query(call, order);
    case 'close':
      return channel.close(call, order);
    case 'capture':
      return verbOf(channel, 'capture')(call, captureOf(stored, order));
    case 'increment':
      return verbOf(channel, 'increment')(call, incrementOrderOf(stored, order));
    case 'void':
      return verbOf(channel, 'void')(call, order);
    case 'refund':
      return channel.refund(call, refundOf(stored, notify_url));
    case 'query_refund':
      return channel.queryRefund(call, refundOf(stored, notify_url));
  }
}

/** A verb that not every channel has; planning one that this channel lacks is a bug. */
function verbOf<Verb extends 'confirm' | 'capture' | 'increment' | 'void'>(
  channel: Channel,
  verb: Verb,
) {
  const found = channel[verb];
  if (!found) throw ApplicationFailure.nonRetryable(`${channel.slug} has no '${verb}'`);
  return found;
}
