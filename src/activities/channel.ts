import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import type { Call, Channel } from '../channels/channel.ts';
import type { HttpRequest } from '../channels/exchange.ts';
import { createParsedAccounts, type ParsedAccounts } from '../channels/parsed-account.ts';
import { channelNumberMax, longestIn } from '../domain/channel-number.ts';
import { openIncrement } from '../domain/increment.ts';
import { type Answer, type Credited, isUnconfirmed } from '../domain/outcome.ts';
import type { View } from '../domain/view.ts';
import { faultPoint } from '../fault-point.ts';
import { type KeptSettings, openSettings } from '../store/account-settings.ts';
import { type Exchange, exchangeOf, writeExchanges } from '../store/exchange.ts';
import { loadCall, postponeAttendance, type StoredCall, takeFence } from '../store/operation.ts';
import type { Store } from '../store/store.ts';
import { type CountUnmapped, warnOfUnmapped } from '../telemetry.ts';
import { booksBehind } from './books.ts';
import { sendThrough, type Wire } from './exchange.ts';
import { captureOf, incrementOrderOf, orderOf, refundOf } from './order.ts';
import { keepExchanges, recordOutcome } from './outcome.ts';
import { bearing, createTokens, type Tokens } from './token.ts';
import { type Hears, type Watch, watched } from './watch.ts';

/** The calls to one channel that a payment's actor may make. Each is told an operation's id and reads the rest. */
export interface ChannelActivities {
  /** One mutating call, sent at most once under its fence and recorded with its end; see `outcome.ts`. */
  readonly call: (operationId: string) => Promise<View | Answer>;
  /** Asks until there is an answer (or a change); "still pending" is a failure that Temporal retries without history. */
  readonly poll: (operationId: string) => Promise<Answer>;
}

export interface ChannelDependencies {
  readonly store: Store;
  readonly channelFor: (slug: string) => Channel | undefined;
  readonly publicUrl: string;
  /** Seconds between queries; the last repeats. */
  readonly pollSchedule: readonly number[];
  /** Without it they are only logged. */
  readonly countUnmapped?: CountUnmapped;
  /** Counts the calls, and says whether a new attempt may begin. */
  readonly health: Watch;
}

/** The activities over a store and the registered channels. */
export function channelActivities(dependencies: ChannelDependencies): ChannelActivities {
  const { store } = dependencies;
  const accountOf = createParsedAccounts((kept: KeptSettings) => openSettings(store.keyring, kept));
  const tokens = createTokens(store.timing.channel_timeout_ms);
  const shared: Shared = { ...dependencies, accountOf, tokens };
  const told = ({ channel, payment_id, id: operation_id }: StoredCall, answer: Answer) =>
    warnOfUnmapped(
      { channel, payment_id, operation_id },
      answer,
      dependencies.countUnmapped ?? none,
    );
  return {
    async call(operationId) {
      const stored = await known(store, operationId);
      const said: Exchange[] = [];
      const answer = await perform(shared, stored, {
        fence: () => takeFence(store.pool, operationId),
        log: (exchange) => Promise.resolve(void said.push(exchange)),
      }).catch((error: unknown) => {
        keepExchanges(store, said);
        throw error;
      });
      told(stored, answer);
      return recordOutcome(store, stored, answer, said);
    },
    async poll(operationId) {
      const stored = await known(store, operationId);
      if (stored.over || stored.ended !== null)
        return { kind: 'unknown', detail: 'asking has ended' };
      const answer = await perform(shared, stored, {
        fence: () => Promise.resolve('taken'),
        log: (exchange) => writeExchanges(store.pool, [exchange]),
      });
      told(stored, answer);
      if (isAnswer(stored, answer)) return answer;
      throw await stillPending(dependencies, stored, answer.kind);
    },
  };
}

const none = (): void => undefined;

async function known(store: Store, operationId: string): Promise<StoredCall> {
  const stored = await loadCall(store.pool, operationId);
  if (!stored) throw ApplicationFailure.nonRetryable(`no operation ${operationId}`);
  return stored;
}

interface Way {
  readonly fence: (request?: HttpRequest) => ReturnType<Wire['fence']>;
  readonly log: (exchange: Exchange) => Promise<void>;
}

/** What all calls of this process share. */
interface Shared extends ChannelDependencies {
  readonly accountOf: ParsedAccounts<KeptSettings>;
  readonly tokens: Tokens;
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

/** Does this say what was asked for, or only that it is not known yet? */
function isAnswer(stored: StoredCall, answer: Answer): boolean {
  if (answer.kind === 'unknown' || answer.kind === 'never_sent') return false;
  if (stored.awaits === 'word') return true;
  if (answer.kind === 'not_found') return stored.settled;
  if (saysNothingHappened(stored, answer)) return stored.settled;
  if (stored.awaits === 'answer') return true;
  if (answer.kind === 'refund') return answer.status !== 'processing';
  if (answer.kind === 'credited') return saysMore(stored, answer);
  if (answer.kind === 'open') return stored.attempt_status !== 'requires_action';
  if (answer.kind === 'agreed') return stored.attempt_status === 'requires_action';
  if (answer.kind === 'action_required') return stored.attempt_status !== 'requires_action';
  if (answer.kind === 'pending') return stored.attempt_status !== 'processing';
  return true;
}

/** Credits that are known already tell no more than that the order waits. */
function saysMore(
  { attempt_status, receipts }: StoredCall,
  { receipts: told, is_closed }: Credited,
): boolean {
  const known = new Set(receipts.map((receipt) => receipt.channel_reference));
  const isNew = told.some((receipt) => !known.has(receipt.channel_reference));
  return isNew || is_closed || attempt_status !== 'requires_action';
}

/** A confirmation, a capture or an increment that left and was not answered: that it did not happen may only be that it did not yet. */
function saysNothingHappened(stored: StoredCall, answer: Answer): boolean {
  if (stored.stray !== null) return false; // of that order nothing was asked
  if (isUnconfirmed(answer)) return stored.confirmed === 'maybe';
  if (answer.kind !== 'held') return false;
  const isNotTaken = stored.is_capture_unknown && answer.captured <= stored.captured;
  return isNotTaken || (isRaiseUnknown(stored) && answer.held === stored.amount);
}

function isRaiseUnknown(stored: StoredCall): boolean {
  return openIncrement(stored)?.executed === 'maybe';
}

/** A report does not change, and the next one comes out a day later at the earliest: to read them all again before finds nothing new. */
const reportPollMs = 86_400_000;

function isReported({ channelFor }: ChannelDependencies, { channel }: StoredCall): boolean {
  return (channelFor(channel)?.facts.reported_after_ms ?? null) !== null;
}

/** Benign, so that it is no warning; the next delay comes from the schedule, its last entry repeats. */
async function stillPending(
  dependencies: ChannelDependencies,
  stored: StoredCall,
  last: string,
): Promise<ApplicationFailure> {
  const { attempt } = Context.current().info;
  const schedule = dependencies.pollSchedule;
  const usual = (schedule[Math.min(attempt, schedule.length - 1)] ?? 60) * 1_000;
  const wanted = isReported(dependencies, stored) ? Math.max(usual, reportPollMs) : usual;
  const in_ms = Math.ceil(Math.max(500, Math.min(wanted, stored.next_fact_in_ms)));
  await postponeAttendance(dependencies.store.pool, stored.payment_id, in_ms);
  return ApplicationFailure.create({
    type: 'StillPending',
    message: `${stored.channel} says ${last}`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: in_ms,
  });
}
