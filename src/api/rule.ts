import type { LimitRule, RouteRule, Rules } from '../domain/rule.ts';
import type { Caller } from '../store/api-key.ts';
import { accountsOf } from '../store/channel-account.ts';
import {
  findRules,
  insertRules,
  listRules,
  type NewRules,
  type RuleSet,
  unknownZones,
} from '../store/rule-set.ts';
import type { Store } from '../store/store.ts';
import { listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { listQuery } from './field.ts';
import { keyReused, replayedIf } from './idempotency-key.ts';
import { listed, pageRequest } from './page.ts';
import { type FieldError, Problem } from './problem.ts';
import { type CreateRules, createRules, ruleSet } from './rule-schema.ts';

const path = '/v1/rules';

/** `/v1/rules`: limits, methods and routes of an app as data, in versions (decision 0041). */
export function ruleEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'post',
      path,
      summary: 'Give the app the next version of its rules; payments keep the version that chose for them',
      key: 'accepted',
      body: createRules,
      examine: async (caller, given) => ({
        errors: await documentErrors(dependencies, caller, given),
        found: null,
      }),
      status: 201,
      answers: ruleSet,
      refusals: ['currency_not_supported'],
      handle: (asked) => create(dependencies, asked),
    }),
    endpoint({
      method: 'get',
      path,
      summary: 'List the versions of the rules, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(ruleSet),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        const page = await listRules(store.pool, caller, asked);
        return { body: listed(page, asked, (one) => ruleSetObject(caller, one)) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read a version of the rules',
      key: 'none',
      status: 200,
      answers: ruleSet,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => ({ body: await visible(dependencies, caller, id) }),
    }),
  ];
} // prettier-ignore

async function create(
  dependencies: Dependencies,
  { caller, body, key }: Asked<CreateRules, unknown>,
): Promise<Answer> {
  const writing = await insertRules(dependencies.store, caller, newRules(body), key);
  if (writing.kind === 'key_reused') throw keyReused();
  return {
    body: await visible(dependencies, caller, writing.id),
    headers: { Location: `${path}/${writing.id}`, ...replayedIf(writing.kind === 'replayed') },
  };
}

/** A checked document as the next version. */
export function newRules(document: CreateRules): NewRules {
  const { description = null, effective_at, limits, methods, routes, refunds } = document;
  const rules: Rules = { limits, methods, routes, refunds };
  return { rules, description, effective_at: effective_at === undefined ? null : new Date(effective_at) };
} // prettier-ignore

/** What is wrong with well-formed rules: they name what is not there. */
export async function documentErrors(
  { store }: Pick<Dependencies, 'store'>,
  caller: Usable,
  { limits = [], routes = [] }: Partial<CreateRules>,
): Promise<FieldError[]> {
  return [...(await zoneErrors(store, limits)), ...(await accountErrors(store, caller, routes))];
}

type Usable = Pick<Caller, 'merchant_id' | 'livemode'>;

/** A zone that PostgreSQL does not know would fail every payment that is counted in it: its list may be older than Node's. */
async function zoneErrors({ pool }: Store, limits: readonly LimitRule[]): Promise<FieldError[]> {
  const named = limits.flatMap(({ zone }, at) => (zone === undefined ? [] : [{ zone, at }]));
  if (named.length === 0) return [];
  const unknown = await unknownZones(pool, named.map(({ zone }) => zone));
  return named
    .filter(({ zone }) => unknown.has(zone))
    .map(({ zone, at }) => ({ pointer: `/limits/${at}/zone`, code: 'invalid_field', detail: `no zone '${zone}'` }));
} // prettier-ignore

/** A rule that names an account which this app cannot use would never choose anything. */
async function accountErrors(
  store: Store,
  caller: Usable,
  routes: readonly RouteRule[],
): Promise<FieldError[]> {
  if (routes.length === 0) return [];
  const usable = new Set<string>((await accountsOf(store.pool, caller)).map(({ id }) => id));
  return routes.flatMap(({ accounts }, at) =>
    accounts.flatMap(({ channel_account }, nth) => {
      if (usable.has(channel_account)) return [];
      const pointer = `/routes/${at}/accounts/${nth}/channel_account`;
      const detail = `no such channel account; see GET /v1/channel_accounts`;
      return [{ pointer, code: 'invalid_field' as const, detail }];
    }),
  );
}

async function visible({ store }: Dependencies, caller: Caller, id: string): Promise<object> {
  const found = await findRules(store.pool, caller, id);
  if (!found) throw new Problem('not_found', 'no such version of the rules');
  return ruleSetObject(caller, found);
}

/** A version of the rules as the API shows it. */
export function ruleSetObject(
  { livemode }: Pick<Caller, 'livemode'>,
  { rules, ...version }: RuleSet,
) {
  return { ...version, refunds: [], ...rules, object: 'rules', livemode };
}
