import type { Id } from '../domain/id.ts';
import { retireVersions } from '../store/account-overlap.ts';
import { changeAccount, createAccount, type Writing } from '../store/account-version.ts';
import type { Caller } from '../store/api-key.ts';
import { type ChannelAccount, findAccount, listAccounts } from '../store/channel-account.ts';
import { contentErrors, merged, placeErrors } from './account-content.ts';
import { identityErrors } from './account-identity.ts';
import { type ChangeAccount, changeAccountBody, type CreateAccount, createAccountBody, type RetireAccount, retireAccountBody } from './account-schema.ts'; // prettier-ignore
import { listOf } from './answer-schema.ts';
import { channelAccount } from './channel-account-answer.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { listQuery } from './field.ts';
import { type Key, keyReused, replayedIf } from './idempotency-key.ts';
import { offerOf } from './offer.ts';
import { listed, pageRequest } from './page.ts';
import { wrongFields } from './parsing.ts';
import { type FieldError, Problem } from './problem.ts';

const path = '/v1/channel_accounts';

/** `/v1/channel_accounts`: what this key's payments may use, and where its channels call back (contract section 4). */
export function channelAccountEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  const shown = (account: ChannelAccount) => accountObject(dependencies, account);
  return [
    endpoint({
      method: 'post',
      path,
      summary: 'Make an account of your own at a channel',
      key: 'accepted',
      body: createAccountBody((slug) => dependencies.channelFor(slug) !== undefined),
      examine: (caller, given) =>
        Promise.resolve({ errors: newAccountErrors(dependencies, caller, given), found: null }),
      status: 201,
      answers: channelAccount,
      refusals: ['invalid_settings', 'method_not_supported', 'currency_not_supported'],
      handle: async (asked) => {
        const answer = await create(dependencies, asked);
        const { id } = answer.body as { id: string };
        return { ...answer, headers: { ...answer.headers, Location: `${path}/${id}` } };
      },
    }),
    endpoint({
      method: 'post',
      path: `${path}/{id}`,
      summary: 'Change an account of your own; attempts keep the version that they were made with',
      key: 'accepted',
      body: changeAccountBody,
      status: 200,
      answers: channelAccount,
      refusals: ['not_found', 'invalid_settings', 'method_not_supported', 'currency_not_supported'],
      handle: (asked) => change(dependencies, asked),
    }),
    endpoint({
      method: 'post',
      path: `${path}/{id}/retire`,
      summary: 'Believe and use old keys of an account no more, for a key that has leaked',
      key: 'accepted',
      body: retireAccountBody,
      status: 200,
      answers: channelAccount,
      refusals: ['not_found', 'settings_in_use'],
      handle: (asked) => retire(dependencies, asked),
    }),
    endpoint({
      method: 'get',
      path,
      summary: 'List channel accounts, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(channelAccount),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        return { body: listed(await listAccounts(store.pool, caller, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read a channel account; its settings are never shown',
      key: 'none',
      status: 200,
      answers: channelAccount,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => ({ body: shown(await visible(dependencies, caller, id)) }),
    }),
  ];
}

/** The account as the API shows it: without its settings, which only go in. */
export function accountObject(
  { channelFor, config }: Pick<Dependencies, 'channelFor' | 'config'>,
  { id, version, merchant_id, channel, livemode, fees, created_at, ...narrowing }: ChannelAccount,
) {
  const offer = offerOf(channelFor(channel), narrowing);
  return {
    id,
    object: 'channel_account',
    channel,
    methods: Object.keys(offer),
    currencies: [...new Set(Object.values(offer).flat())],
    fees,
    livemode,
    callback_url: `${config.publicUrl}/v1/callbacks/${channel}/${id}`,
    owner: merchant_id === null ? 'platform' : 'merchant',
    version,
    created_at,
  };
}

function newAccountErrors(
  { channelFor, config }: Dependencies,
  { livemode }: Caller,
  { channel: slug, ...given }: Partial<CreateAccount>,
): FieldError[] {
  const channel = slug && channelFor(slug);
  if (!channel) return [];
  return [
    ...contentErrors(channel, given, livemode),
    ...placeErrors(channel, given.settings, { livemode, egressAllow: config.egressAllow }),
  ];
}

async function create(
  dependencies: Dependencies,
  { caller, body, key }: Asked<CreateAccount, unknown>,
): Promise<Answer> {
  const { merchant_id, livemode } = caller;
  const { channel, settings, methods = null, currencies = null, fees = null } = body;
  const made = { merchant_id, livemode, channel, settings, methods, currencies, fees };
  const writing = await createAccount(dependencies.store, made, claimOf(caller, key));
  return written(dependencies, caller, writing);
}

async function change(
  dependencies: Dependencies,
  { caller, id, body, key }: Asked<ChangeAccount, unknown>,
): Promise<Answer> {
  const { channel: slug } = await own(dependencies, caller, id);
  const channel = dependencies.channelFor(slug);
  if (!channel) throw new Error(`bug: ${id} is of no channel of this build`);
  const { livemode } = caller;
  const { egressAllow } = dependencies.config;
  const next = (last: Parameters<typeof merged>[0]) => {
    const content = merged(last, body);
    const errors = [
      ...contentErrors(channel, content, livemode),
      ...identityErrors(channel, last, content),
      ...placeErrors(channel, body.settings, { livemode, egressAllow }),
    ];
    if (errors.length > 0) throw wrongFields(errors);
    return content;
  };
  const writing = await changeAccount(dependencies.store, id as Id<'cha'>, next, claimOf(caller, key)); // prettier-ignore
  return written(dependencies, caller, writing);
}

/** Ends the overlap of older versions (decision 0027). */
async function retire(
  dependencies: Dependencies,
  { caller, id, body, key }: Asked<RetireAccount, unknown>,
): Promise<Answer> {
  const { id: account } = await own(dependencies, caller, id);
  const { version = null } = body;
  const { kind } = await retireVersions(dependencies.store, account, version, claimOf(caller, key));
  switch (kind) {
    case 'retired':
    case 'replayed':
      return written(dependencies, caller, { kind: kind === 'retired' ? 'written' : kind, id });
    case 'key_reused':
      return written(dependencies, caller, { kind });
    case 'newest':
      throw new Problem('settings_in_use', 'the newest version works on; give the account new keys first'); // prettier-ignore
    case 'unknown':
      throw new Error(`bug: ${id} was there, and is gone`);
  }
}

function claimOf({ app_id }: Caller, key: Key | null) {
  return key && { ...key, app_id };
}

async function written(
  dependencies: Dependencies,
  caller: Caller,
  writing: Writing,
): Promise<Answer> {
  if (writing.kind === 'key_reused') throw keyReused();
  const account = await visible(dependencies, caller, writing.id);
  const headers = replayedIf(writing.kind === 'replayed');
  return { body: accountObject(dependencies, account), headers };
}

/** The caller's own account. Throws the refusal where there is none, or where it is everybody's. */
async function own(dependencies: Dependencies, caller: Caller, id: string): Promise<ChannelAccount> {
  const account = await visible(dependencies, caller, id);
  if (account.merchant_id === null)
    throw new Problem('api_key_forbidden', 'a shared account is changed by operators only');
  return account;
} // prettier-ignore

async function visible(
  { store }: Dependencies,
  caller: Caller,
  id: string,
): Promise<ChannelAccount> {
  const account = await findAccount(store.pool, caller, id);
  if (!account) throw new Problem('not_found', 'no such channel account');
  return account;
}
