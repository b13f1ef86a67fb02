import { toCurrency } from './currency.ts';
import { expectedFee } from './fee.ts';
import type { Id } from './id.ts';
import { format, type Money } from './money.ts';
import type { Choice } from './payment.ts';
import { type Compared, rank } from './ranking.ts';
import { fits, type Paying, type RouteAccount, type RouteRule, type Rules } from './rule.ts';
import { placeIn } from './share.ts';

/** Why an attempt goes to its channel account: kept with it, and told on the timeline. */
export interface Routing {
  /** The version of the app's rules that was asked; null where it has none. */
  readonly rules_version: number | null;
  /** The rule that chose; null where none did. */
  readonly rule: string | null;
  readonly reason: string;
  /** The account that was to take it by the rule, and could not: it does not serve the payment, its circuit was open, or it was paused. Absent where this one was to. */
  readonly passed_over?: string;
  /** What the channel is expected to take; left out where the account does not say. */
  readonly expected_fee?: Money;
  /** The attempt before it, of which nothing came: this one is its backup. Absent where the payer or a rule chose. */
  readonly backup_of?: Id<'att'>;
}

/** Where an attempt goes: a channel and its account, with the version of its settings pinned. */
export interface Route {
  readonly channel: string;
  readonly channel_account: Id<'cha'>;
  readonly account_version: number;
  /** Why there; null of what was routed before there were rules. */
  readonly routing?: Routing | null;
}

/** How it is paid, where and why, in words for the timeline. */
export function inWords({ method, route: { channel, routing } }: Choice): string {
  return `${method} at ${channel}${routing ? ` (${reasonAndFee(routing)})` : ''}`;
}

function reasonAndFee({ reason, expected_fee: fee }: Routing): string {
  return fee ? `${reason}; expected fee ${format(fee)}` : reason;
}

/** Why an account should take no new attempt. */
export interface Hindrance {
  readonly words: string;
  /** It may not; else it may, where the rule names nobody else. */
  readonly bars: boolean;
}

interface Serving extends Compared {
  readonly hindrance?: Hindrance | null;
}

interface Chosen<Candidate> {
  readonly chosen: Candidate;
  readonly routing: Routing;
}

/** The account that was chosen among those that serve the payment, and why. */
export interface Routed<Candidate> extends Chosen<Candidate> {
  /** The other accounts of the rule that serve the payment, in its order; none where no rule chose (decision 0045). */
  readonly backups: readonly Chosen<Candidate>[];
}

/** The rules with their version. */
export interface VersionedRules extends Rules {
  readonly version: number;
}

/**
 * Chooses the account of a payment: by the first rule that fits and names an account that serves it, else the first one. One
 * that is hindered is passed over for another that the same rule names, and for no other: whoever named none has not said
 * that his money may go there, and a card's token may be good at this channel alone.
 *
 * @param rules of the app; null where it has none
 * @param serving those that serve the method in the currency, in their own order
 * @returns null when nobody does, or may
 */
export function choose<Candidate extends Serving>(
  rules: VersionedRules | null,
  paying: Paying,
  serving: readonly Candidate[],
): Routed<Candidate> | null {
  const usual = chooseAmong(rules, paying, serving);
  const [first, ...backups] = usual ? freestFirst(usual) : [];
  if (!usual || !first) return null;
  const { chosen, routing } = first;
  const { account, hindrance } = usual.chosen;
  if (chosen === usual.chosen || !hindrance) return { chosen, routing, backups };
  const reason = `${routing.reason}; ${account.id} is passed over: ${hindrance.words}`;
  const passed_over = usual.routing.passed_over ?? account.id;
  return { chosen, routing: { ...routing, reason, passed_over }, backups };
}

/** Of the accounts that may take it, those that nothing hinders first. */
function freestFirst<Candidate extends Serving>({
  backups,
  ...first
}: Routed<Candidate>): Chosen<Candidate>[] {
  const able = [first, ...backups].filter(({ chosen }) => chosen.hindrance?.bars !== true);
  const isFree = ({ chosen }: Chosen<Candidate>) => !chosen.hindrance;
  return [...able.filter(isFree), ...able.filter((one) => !isFree(one))];
}

function chooseAmong<Candidate extends Serving>(
  rules: VersionedRules | null,
  paying: Paying,
  serving: readonly Candidate[],
): Routed<Candidate> | null {
  const rules_version = rules?.version ?? null;
  const byId = new Map(serving.map((one) => [one.account.id, one]));
  for (const rule of rules?.routes ?? []) {
    const found = fits(rule, paying) ? byRule(rule, paying, byId) : null;
    if (!found) continue;
    return routedBy(rule.name, found, (reason, to) => ({
      rules_version,
      rule: rule.name,
      reason,
      ...costOf(to, paying),
    }));
  }
  const [chosen] = serving;
  if (!chosen) return null;
  const reason = `no rule chooses: the first of ${serving.length} that take ${paying.method} in ${paying.currency}`;
  const routing = { rules_version, rule: null, reason, ...costOf(chosen, paying) };
  return { chosen, routing, backups: [] };
}

function routedBy<Candidate>(
  rule: string,
  { chosen, reason, passed_over, backups }: Found<Candidate>,
  routingTo: (reason: string, to: Candidate) => Routing,
): Routed<Candidate> {
  const next = (one: Candidate) => ({
    chosen: one,
    routing: routingTo(`'${rule}' names it next`, one),
  });
  const past = passed_over ? { passed_over } : {};
  const routing = { ...routingTo(reason, chosen), ...past };
  return { chosen, routing, backups: backups.map(next) };
}

function costOf({ account }: Compared, paying: Paying): Pick<Routing, 'expected_fee'> {
  const amount = expectedFee(account.fees ?? null, paying);
  return amount === null ? {} : { expected_fee: { amount, currency: toCurrency(paying.currency) } };
}

interface Found<Candidate> {
  readonly chosen: Candidate;
  readonly reason: string;
  readonly passed_over?: string | undefined;
  readonly backups: readonly Candidate[];
}

/** The account that the rule chooses among those that serve; null where it names none of them. */
function byRule<Candidate extends Compared>(
  rule: RouteRule,
  paying: Paying,
  serving: ReadonlyMap<string, Candidate>,
): Found<Candidate> | null {
  const { name, by = 'preference', accounts } = rule;
  if (by === 'preference') return byList(rule, paying, serving);
  const listed = accounts.flatMap((one) => serving.get(one.channel_account) ?? []);
  const ranked = rank(by, listed, paying);
  const [chosen, ...backups] = ranked.ordered;
  return chosen ? { chosen, reason: `'${name}' takes ${ranked.reason}`, backups } : null;
}

/** What falls to an account that does not serve goes to the first of the rule that does. */
function byList<Candidate extends Compared>(
  rule: RouteRule,
  paying: Paying,
  serving: ReadonlyMap<string, Candidate>,
): Found<Candidate> | null {
  const dealt = dealtTo(rule, paying);
  const ordered = new Set(dealt ? [dealt, ...rule.accounts] : rule.accounts);
  const able = [...ordered].flatMap((one) => {
    const found = serving.get(one.channel_account);
    return found ? [{ one, found }] : [];
  });
  const [first, ...others] = able;
  if (!first) return null;
  const reason = reasonOf(rule, first.one, dealt);
  const passed_over = dealt && dealt !== first.one ? dealt.channel_account : undefined;
  return { chosen: first.found, reason, passed_over, backups: others.map(({ found }) => found) };
}

function reasonOf({ name, accounts }: RouteRule, one: RouteAccount, dealt: RouteAccount | null): string {
  if (dealt === null) return `'${name}' prefers it, as number ${accounts.indexOf(one) + 1} of ${accounts.length}`;
  if (one === dealt) return `'${name}' gives it ${one.percent ?? 0} % of its payments`;
  return `'${name}' dealt it to ${dealt.channel_account}, which does not take it`;
} // prettier-ignore

/** Whose share this payment is of; null where the rule has no shares. The same customer is always dealt to the same one. */
function dealtTo({ name, accounts }: RouteRule, paying: Paying): RouteAccount | null {
  let left = placeIn(name, paying);
  for (const account of accounts) {
    if (account.percent === undefined) return null;
    left -= account.percent * 100;
    if (left < 0) return account;
  }
  throw new Error(`bug: the shares of '${name}' are not 100 %`);
} // prettier-ignore
