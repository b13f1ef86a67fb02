import { differenceOf, type Proportion, proportionOf } from '../domain/proportion.ts';
import { releaseArms } from '../domain/release.ts';
import type { MethodRule, RouteRule } from '../domain/rule.ts';
import { type Arm, readArms, type Span } from '../store/arm.ts';
import { readReleased } from '../store/released.ts';
import { findRules } from '../store/rule-set.ts';
import { type FiguresQuery, figuresQuery, ruleFigures } from './arm-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { Problem } from './problem.ts';

/** `GET /v1/rules/{id}/figures`: how the accounts of a version's routes do beside each other (decision 0049). */
export function armEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/rules/{id}/figures',
    summary:
      'Compare the accounts that each route of a version has sent payments to, and customers with and without the methods that it releases',
    key: 'none',
    query: figuresQuery,
    status: 200,
    answers: ruleFigures,
    refusals: ['not_found'],
    handle: async (asked) => ({ body: await figures(dependencies, asked) }),
  });
}

async function figures(
  { store }: Dependencies,
  { caller, id, query }: Asked<unknown, FiguresQuery>,
): Promise<object> {
  const found = await findRules(store.pool, caller, id);
  if (!found) throw new Problem('not_found', 'no such version of the rules');
  const { created_after: after, created_before: before } = query;
  const span = { ...caller, after: dateOf(after), before: dateOf(before) };
  const { version, rules: { routes, methods } } = found;
  const arms = await readArms(store.pool, span, { version, routes });
  const releases = await releasesOf(store, span, version, methods);
  return {
    object: 'rule_figures',
    rules: id,
    version,
    routes: routes.map((route) => ({ name: route.name, arms: armsOf(route, arms) })),
    releases,
  };
} // prettier-ignore

async function releasesOf(
  { pool }: Dependencies['store'],
  span: Span,
  version: number,
  rules: readonly MethodRule[],
): Promise<object[]> {
  const releases = rules.filter(({ release }) => release !== undefined);
  if (releases.length === 0) return [];
  const sample = await readReleased(pool, span, version);
  return releases.map((rule) => {
    const { name, release: methods, percent } = rule;
    return { name, methods, percent, arms: releaseArms(rule, sample) };
  });
}

function dateOf(time: string | undefined): Date | null {
  return time === undefined ? null : new Date(time);
}

/** In the order of the rule: the first one is what the others are measured by. */
function armsOf({ name, accounts }: RouteRule, arms: readonly Arm[]): object[] {
  const all = accounts.map(({ channel_account, percent = null }) => {
    const arm = arms.find((one) => one.rule === name && one.channel_account === channel_account);
    return { channel_account, percent, ...countsOf(arm), success: successOf(arm) };
  });
  const first = all[0]?.success ?? null;
  return all.map((arm, at) => ({
    ...arm,
    against_first: at > 0 && arm.success && first ? differenceOf(arm.success, first) : null,
  }));
}

/** An account that no payment was sent to has none. */
function countsOf(arm: Partial<Arm> = {}): Omit<Arm, 'rule' | 'channel_account'> {
  const {
    payments = 0,
    passed_over = 0,
    paid = 0,
    declined = 0,
    open = 0,
    paid_elsewhere = 0,
  } = arm;
  const { mean_ms_to_paid = null, mean_expected_fee_ppm = null } = arm;
  return {
    payments,
    passed_over,
    paid,
    declined,
    open,
    paid_elsewhere,
    mean_ms_to_paid,
    mean_expected_fee_ppm,
  };
}

function successOf(arm: Arm | undefined): Proportion | null {
  return arm ? proportionOf(arm.paid, arm.payments - arm.open) : null;
}
