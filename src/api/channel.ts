import { windowMs } from '../domain/health.ts';
import { scoreOf } from '../domain/score.ts';
import type { Caller } from '../store/api-key.ts';
import { type ChannelAccount, findAccount, listAccounts } from '../store/channel-account.ts';
import type { AccountHealth } from '../store/health-board.ts';
import { pauseAccount, type Pausing, resumeAccount } from '../store/pause.ts';
import { listOf } from './answer-schema.ts';
import { channel, type PauseChannel, pauseChannel } from './channel-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { listQuery } from './field.ts';
import { keyReused, replayedIf } from './idempotency-key.ts';
import { offerOf } from './offer.ts';
import { listed, pageRequest } from './page.ts';
import { type FieldError, Problem } from './problem.ts';

const accounts = '/v1/channel_accounts';

/** `/v1/channels`: how well each channel account does; and the pause of one of the merchant's own (decision 0046). */
export function channelEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'get',
      path: '/v1/channels',
      summary: 'List how well the channel accounts do: circuit, pause, figures of the last minute, score',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(channel),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        const page = await listAccounts(store.pool, caller, asked);
        return { body: listed(page, asked, (one) => shown(dependencies, one)) };
      },
    }),
    endpoint({
      method: 'post',
      path: `${accounts}/{id}/pause`,
      summary: 'Begin no new attempts at an account of your own; what is under way goes on',
      key: 'accepted',
      body: pauseChannel,
      examine: (_, { until }) => Promise.resolve({ errors: pastErrors(until), found: null }),
      status: 200,
      answers: channel,
      refusals: ['not_found'],
      handle: (asked) => pause(dependencies, asked),
    }),
    endpoint({
      method: 'post',
      path: `${accounts}/{id}/resume`,
      summary: 'Begin new attempts at an account of your own again',
      key: 'accepted',
      status: 200,
      answers: channel,
      refusals: ['not_found'],
      handle: (asked) => resume(dependencies, asked),
    }),
  ];
} // prettier-ignore

function pastErrors(until: string | undefined): FieldError[] {
  if (until === undefined || Date.parse(until) > Date.now()) return [];
  return [{ pointer: '/until', code: 'invalid_field', detail: 'must be in the future' }];
}

/** An account's health as the API shows it. How much is paid at a shared account is no merchant's business. */
function shown({ health, channelFor }: Dependencies, account: ChannelAccount): object {
  const { id, merchant_id, livemode } = account;
  const known = health.of(id);
  const { figures } = known;
  const counts = {
    calls: null,
    answered: null,
    declined: null,
    begun: null,
    unknown: null,
    never_sent: null,
  };
  const methods = offerOf(channelFor(account.channel), account);
  return {
    id,
    object: 'channel',
    channel: account.channel,
    channel_account: id,
    methods,
    currencies: [...new Set(Object.values(methods).flat())],
    livemode,
    owner: merchant_id === null ? 'platform' : 'merchant',
    circuit: circuitShown(known),
    paused: pauseShown(known),
    window: {
      ...{ seconds: windowMs / 1_000, ...figures },
      ...(merchant_id === null ? counts : {}),
    },
    score: scoreOf(figures, null),
  };
}

function circuitShown({ circuit: { state, since, next_probe_at } }: AccountHealth): object {
  return { state, since: timeOf(since === 0 ? null : since), next_probe_at: timeOf(next_probe_at) };
}

function pauseShown({ pause: found }: AccountHealth): object | null {
  if (found === null) return null;
  const { by, reason, since, until } = found;
  return { by, reason, since: timeOf(since), until: timeOf(until) };
}

function timeOf(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

async function pause(
  dependencies: Dependencies,
  { caller, id, body, key }: Asked<PauseChannel, unknown>,
): Promise<Answer> {
  const account = await own(dependencies, caller, id);
  const { reason = null, until } = body;
  const made = { reason, until: until === undefined ? null : new Date(until) };
  const pausing = await pauseAccount(dependencies.store, id, made, askingOf(caller, key));
  return written(dependencies, account, pausing);
}

async function resume(
  dependencies: Dependencies,
  { caller, id, key }: Asked<unknown, unknown>,
): Promise<Answer> {
  const account = await own(dependencies, caller, id);
  const pausing = await resumeAccount(dependencies.store, id, askingOf(caller, key));
  return written(dependencies, account, pausing);
}

function askingOf({ app_id }: Caller, key: Asked<unknown, unknown>['key']) {
  return { by: app_id, claim: key && { ...key, app_id } };
}

/** This process sees it at once, the others within a second. */
async function written(
  dependencies: Dependencies,
  account: ChannelAccount,
  pausing: Pausing,
): Promise<Answer> {
  if (pausing === 'key_reused') throw keyReused();
  await dependencies.health.exchange();
  const headers = replayedIf(pausing === 'replayed');
  return { body: shown(dependencies, account), headers };
}

/** The caller's own account. Throws the refusal where there is none, or where it is everybody's. */
async function own({ store }: Dependencies, caller: Caller, id: string): Promise<ChannelAccount> {
  const account = await findAccount(store.pool, caller, id);
  if (!account) throw new Problem('not_found', 'no such channel account');
  if (account.merchant_id === null)
    throw new Problem('api_key_forbidden', 'a shared account is paused by operators only');
  return account;
}
