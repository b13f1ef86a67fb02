import type { Channel } from '../channels/channel.ts';
import {
  compared,
  type Comparison,
  notEvaluated,
  type PastPayment,
  rulingsOn,
} from '../domain/dry-run.ts';
import type { Compared } from '../domain/ranking.ts';
import { payingBy } from '../domain/rule.ts';
import type { Caller } from '../store/api-key.ts';
import { accountsOf, type ChannelAccount } from '../store/channel-account.ts';
import { type FirstAttempt, readFirstAttempts } from '../store/first-attempt.ts';
import { rulesInForce } from '../store/rule-set.ts';
import type { Dependencies } from './dependencies.ts';
import { dryRun, type DryRunBody, dryRunBody } from './dry-run-schema.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { offerOf } from './offer.ts';
import { documentErrors } from './rule.ts';
import { takingTurns } from './turn.ts';

/** `POST /v1/rules/dry_run`: what rules would do with past payments; nothing is written (decision 0048). */
export function dryRunEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/rules/dry_run',
    summary: 'Try rules on past payments, beside those in force; nothing is written',
    key: 'none',
    body: dryRunBody,
    examine: async (caller, given) => ({
      errors: await documentErrors(dependencies, caller, given),
      found: null,
    }),
    status: 200,
    answers: dryRun,
    refusals: ['currency_not_supported'],
    handle: async ({ caller, body }) => ({ body: await dryRunOf(dependencies, caller, body) }),
  });
}

/** What `dryRunOf` answers. */
export interface DryRun extends Comparison {
  readonly object: 'dry_run';
  /** The version in force; null where there is none. */
  readonly rules_version: number | null;
  /** Names of rules. */
  readonly not_evaluated: readonly string[];
}

type Place = Pick<Caller, 'merchant_id' | 'app_id' | 'livemode' | 'rules_id'>;

/** What a checked document would do with an app's past payments, beside the rules in force; nothing is written. */
export async function dryRunOf(
  dependencies: Pick<Dependencies, 'store' | 'channelFor'>,
  place: Place,
  body: DryRunBody,
): Promise<DryRun> {
  const { limits, methods, routes } = body;
  const inForce = await rulesInForce(dependencies.store.pool, place);
  const tried = { version: (inForce?.version ?? 0) + 1, limits, methods, routes };
  const past = await pastPayments(dependencies, place, body);
  const rulings = await takingTurns(past, (one) => rulingsOn(inForce, tried, one));
  const names = [inForce, tried].flatMap((rules) => (rules ? notEvaluated(rules) : []));
  return {
    object: 'dry_run',
    rules_version: inForce?.version ?? null,
    ...compared(rulings),
    not_evaluated: [...new Set(names)],
  };
}

/** The newest payments of the sample, each with the accounts that serve it as they are now. */
async function pastPayments(
  { store: { pool }, channelFor }: Pick<Dependencies, 'store' | 'channelFor'>,
  place: Place,
  { created_after, created_before, limit }: DryRunBody,
): Promise<PastPayment[]> {
  const sample = { ...place, after: dateOf(created_after), before: dateOf(created_before), limit };
  const [accounts, attempts] = await Promise.all([accountsOf(pool, place), readFirstAttempts(pool, sample)]); // prettier-ignore
  const offering = accounts.map((account) => offeredBy(account, channelFor(account.channel)));
  return attempts.map((attempt) => {
    const { payment_id, method, customer } = attempt;
    const serving = offering.filter((one) => serves(one, attempt));
    return { payment_id, paying: payingBy(method, customer, attempt), serving };
  });
}

function dateOf(time: string | undefined): Date | null {
  return time === undefined ? null : new Date(time);
}

interface Offering extends Compared {
  readonly account: ChannelAccount;
  readonly offer: ReturnType<typeof offerOf>;
  readonly kept_methods: readonly string[];
}

function offeredBy(account: ChannelAccount, channel: Channel | undefined): Offering {
  return { account, offer: offerOf(channel, account), kept_methods: channel?.facts.kept_methods ?? [] };
} // prettier-ignore

/** What was saved is good at its own account alone; what is to be saved goes where it can be kept. */
function serves({ account, offer, kept_methods }: Offering, attempt: FirstAttempt): boolean {
  const { method, currency, usage, channel_account } = attempt;
  if (!offer[method]?.includes(currency)) return false;
  if (usage === 'once') return true;
  return usage === 'save' ? kept_methods.includes(method) : account.id === channel_account;
}
