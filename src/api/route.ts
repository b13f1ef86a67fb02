import type { Channel } from '../channels/channel.ts';
import { rulesFor } from '../channels/facts.ts';
import { withWhence } from '../domain/browser.ts';
import type { ChannelRules } from '../domain/channel.ts';
import type { Figures } from '../domain/health.ts';
import type { Choice } from '../domain/payment.ts';
import { choose, type Hindrance, type Route, type Routing, type VersionedRules } from '../domain/routing.ts'; // prettier-ignore
import { type Paying, refusalsBy, type RuleRefusal } from '../domain/rule.ts';
import type { Caller } from '../store/api-key.ts';
import { accountsOf, type ChannelAccount } from '../store/channel-account.ts';
import type { HealthBoard } from '../store/health-board.ts';
import { drawId } from '../store/id.ts';
import { findUsable, type UsableMethod } from '../store/payment-method.ts';
import { rulesInForce } from '../store/rule-set.ts';
import { sealToken } from '../store/sealed-token.ts';
import type { Store } from '../store/store.ts';
import type { Dependencies } from './dependencies.ts';
import { offerOf } from './offer.ts';
import { type Method, tokenOf } from './payment-schema.ts';
import type { FieldError } from './problem.ts';
import { consentOf, noSuchMethod, savedOf, usageOf } from './saved-method.ts';

/** An account whose channel serves a method, in which currencies, and how often it captures what it holds. */
export interface Serving {
  readonly account: ChannelAccount;
  readonly currencies: readonly string[];
  readonly captures: ChannelRules['captures'];
  /** What its last minute was like. */
  readonly figures: Figures;
  /** Why it should take no new attempt now. */
  readonly hindrance: Hindrance | null;
  /** The saved method that is paid with. */
  readonly saved?: UsableMethod;
}

/** Who serves a method, and the rules by which one of them is chosen. */
export interface Market {
  readonly serving: readonly Serving[];
  readonly rules: VersionedRules | null;
  /** Hears where the payment goes. */
  readonly health: Pick<HealthBoard, 'sent'>;
}

/** The caller's accounts whose channel serves this method, and his app's rules. */
export async function marketOf(
  dependencies: Pick<Dependencies, 'store' | 'channelFor' | 'health'>,
  caller: Caller,
  method: Method | undefined,
): Promise<Market> {
  const { health } = dependencies;
  if (method === undefined) return { serving: [], rules: null, health };
  const [serving, rules] = await Promise.all([
    servingOf(dependencies, caller, method),
    rulesInForce(dependencies.store.pool, caller),
  ]);
  return { serving, rules, health };
}

async function servingOf(
  { store, channelFor, health }: Pick<Dependencies, 'store' | 'channelFor' | 'health'>,
  caller: Caller,
  method: Method,
): Promise<Serving[]> {
  const { type } = method;
  const id = savedOf(method);
  const saved = id === null ? null : await findUsable(store, caller, id);
  const accounts = await accountsOf(store.pool, caller);
  return accounts.flatMap((account) => {
    const channel = channelFor(account.channel);
    const currencies = offerOf(channel, account)[type];
    const captures = channel ? rulesFor(channel.facts, type).captures : 'none';
    if (!currencies?.length || !canSave(channel, method)) return [];
    const { figures } = health.of(account.id);
    const hindrance = hindranceOf(health, account.id);
    const found = { account, currencies, captures, figures, hindrance };
    if (id === null) return [found];
    const isThere = saved?.channel_account === account.id && saved.type === type;
    return isThere ? [{ ...found, saved }] : [];
  });
}

function hindranceOf(health: HealthBoard, account: string): Hindrance | null {
  const { pause, circuit } = health.of(account);
  if (pause) return { words: 'it is paused', bars: true };
  if (circuit.state === 'closed' || health.wantsProbe(account)) return null;
  return { words: 'its circuit is open', bars: false };
}

/** Can this channel keep the method, where it is to be kept? */
function canSave(channel: Channel | undefined, method: Method): boolean {
  return consentOf(method) === null || channel?.facts.kept_methods?.includes(method.type) === true;
}

/** Is there nobody who serves this method, or must the channel be told of the payer? */
export function methodErrors(serving: readonly Serving[], method: Method): FieldError[] {
  if (serving.length > 0) return payerErrors(serving, method);
  if (savedOf(method) !== null) return [noSuchMethod];
  const verb = consentOf(method) ? 'can save' : 'serves';
  const detail = `no channel account ${verb} '${method.type}'`;
  return [{ pointer: '/method/type', code: 'method_not_supported', detail }];
}

/** Who pays with real money is not made up: WeChat would not open the page for another address, or at another openid. */
function payerErrors(serving: readonly Serving[], method: Method): FieldError[] {
  const missing = missingOf(method);
  if (missing === null || !serving.some(({ account }) => account.livemode)) return [];
  const detail = `${method.type} with a live key needs ${missing}`;
  return [{ pointer: `/method/${missing}`, code: 'invalid_field', detail }];
}

function missingOf(method: Method): string | null {
  if (method.type === 'wechat_pay_h5' && method.payer_ip === undefined) return 'payer_ip';
  return method.type === 'wechat_pay_jsapi' && method.openid === undefined ? 'openid' : null;
}

/** A wallet is somebody's: is nobody named who pays out of his? */
export function walletOwnerErrors(
  pointer: string,
  { type }: Method,
  customer: string | undefined,
): FieldError[] {
  if (type !== 'balance' || customer !== undefined) return [];
  const detail =
    'balance pays out of a customer’s wallet: the payment must name him in customer.id';
  return [{ pointer, code: 'customer_not_found', detail }];
}

/** No wallet is topped up out of a wallet: that would be a payment of the same money to itself. */
export function topUpErrors({ type }: Method): FieldError[] {
  if (type !== 'balance') return [];
  const detail = 'a wallet is topped up by any method but balance';
  return [{ pointer: '/method/type', code: 'method_not_supported', detail }];
}

/** Does nobody of those who serve this method take this currency? Says which ones are enabled. */
export function currencyErrors(
  pointer: string,
  serving: readonly Serving[],
  { type }: Method,
  currency: string,
): FieldError[] {
  if (serving.length === 0 || serving.some(({ currencies }) => currencies.includes(currency)))
    return [];
  const enabled = [...new Set(serving.flatMap(({ currencies }) => currencies))].join(', ');
  const detail = `'${currency}' is not enabled for ${type}; enabled: ${enabled}`;
  return [{ pointer, code: 'currency_not_supported', detail }];
}

/** Is everybody paused to whom the payment may go? */
export function pauseErrors({ serving, rules }: Market, paying: Paying): FieldError[] {
  const able = ableTo(serving, paying);
  // Seldom, and the choice is made once more: it may take a third of a millisecond.
  if (!able.some(({ hindrance }) => hindrance?.bars) || choose(rules, paying, able)) return [];
  const { method, currency } = paying;
  const detail = `whoever would take ${method} in ${currency} is paused`;
  return [{ pointer: '/method/type', code: 'channel_paused', detail }];
}

function ableTo(serving: readonly Serving[], { currency }: Paying): readonly Serving[] {
  return serving.filter(({ currencies }) => currencies.includes(currency));
}

/** Is this method only captured automatically? */
export function captureErrors(
  pointer: string,
  serving: readonly Serving[],
  { type }: Method,
  capture: 'automatic' | 'manual' | undefined,
): FieldError[] {
  if (capture !== 'manual' || serving.length === 0) return [];
  if (serving.some(({ captures }) => captures !== 'none')) return [];
  const detail = `${type} is captured automatically`;
  return [{ pointer, code: 'capture_mode_not_supported', detail }];
}

/** What a payment says of its payer. */
interface Payer {
  readonly id?: string | undefined;
  readonly country?: string | undefined;
}

/** The payment as the rules look at it. */
export function payingBy(
  method: string,
  payer: Payer | null | undefined,
  { currency, amount, order_no }: Pick<Paying, 'currency' | 'amount' | 'order_no'>,
): Paying {
  const { id: customer = null, country = null } = payer ?? {};
  return { method, currency, amount, order_no, customer, country };
}

const pointers = {
  method_denied: 'method',
  method_not_released: 'method',
  amount_below_limit: 'amount',
  amount_above_limit: 'amount',
  limit_per_day_exceeded: 'amount',
  limit_per_month_exceeded: 'amount',
} as const;

/** Where the method and the amount stand in a request. */
type Places = Readonly<Record<'method' | 'amount', string>>;

/** What the app's rules have against the payment. */
export function ruleErrors(
  at: Places,
  { rules }: Pick<Market, 'rules'>,
  paying: Paying,
): FieldError[] {
  return rules === null ? [] : refusalErrors(at, refusalsBy(rules, paying));
}

/** Refusals of rules as errors of the fields that they are about. */
export function refusalErrors(at: Places, refusals: readonly RuleRefusal[]): FieldError[] {
  return refusals.map(({ code, detail }) => ({ pointer: at[pointers[code]], code, detail }));
}

/** What the payer chose, his token sealed, with the account that the rules choose, and why; null when nobody serves it. */
export function choiceOf(
  { keyring }: Store,
  caller: Caller,
  { serving, rules, health }: Market,
  method: Method,
  paying: Paying,
): Choice | null {
  const routed = choose(rules, paying, ableTo(serving, paying));
  if (!routed) return null;
  const { chosen: fitting, routing, backups } = routed;
  health.sent(fitting.account.id);
  const bare = fitting.saved?.token ?? tokenOf(method);
  const token = bare !== null && method.type === 'card' ? withWhence(bare, method) : bare;
  return {
    method: method.type,
    token: token === null ? null : sealToken(keyring, token, caller),
    ...reuseOf(method, fitting),
    route: routeTo(fitting, routing),
    ...(isBound(method) ? {} : { backups: backups.map((one) => routeTo(one.chosen, one.routing)) }),
  };
}

function routeTo({ account: { channel, id, version } }: Serving, routing: Routing): Route {
  return { channel, channel_account: id, account_version: version, routing };
}

/** Is it good at one account alone? A saved method, one that is to be saved, a wallet. */
function isBound(method: Method): boolean {
  return method.type === 'balance' || usageOf(method) !== 'once';
}

/** The saved method that is paid with, or a number for the one that this is to become. */
function reuseOf(method: Method, { saved }: Serving): Pick<Choice, 'payment_method' | 'usage'> {
  const usage = usageOf(method);
  if (usage === 'once') return {};
  return { usage, payment_method: saved?.id ?? drawId('pm') };
}
