import type { Channel } from '../channels/channel.ts';
import { rulesFor } from '../channels/facts.ts';
import type { ChannelRules } from '../domain/channel.ts';
import type { Figures } from '../domain/health.ts';
import type { Hindrance, VersionedRules } from '../domain/routing.ts';
import type { Paying } from '../domain/rule.ts';
import type { Caller } from '../store/api-key.ts';
import { accountsOf, type ChannelAccount } from '../store/channel-account.ts';
import type { HealthBoard } from '../store/health-board.ts';
import { findUsable, type UsableMethod } from '../store/payment-method.ts';
import { rulesInForce } from '../store/rule-set.ts';
import type { Dependencies } from './dependencies.ts';
import { offerOf } from './offer.ts';
import type { Method } from './payment-schema.ts';
import { consentOf, savedOf } from './saved-method.ts';

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

/** Of those who serve a method, who take the payment's currency. */
export function ableTo(serving: readonly Serving[], { currency }: Paying): readonly Serving[] {
  return serving.filter(({ currencies }) => currencies.includes(currency));
}
