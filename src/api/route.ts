import { withWhence } from '../domain/browser.ts';
import type { Choice } from '../domain/payment.ts';
import { choose, type Route, type Routing } from '../domain/routing.ts';
import type { Paying } from '../domain/rule.ts';
import type { Caller } from '../store/api-key.ts';
import { drawId } from '../store/id.ts';
import { sealToken } from '../store/sealed-token.ts';
import type { Store } from '../store/store.ts';
import { ableTo, type Market, type Serving } from './market.ts';
import { type Method, tokenOf } from './payment-schema.ts';
import { usageOf } from './saved-method.ts';

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
