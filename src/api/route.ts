import type { Choice } from '../domain/payment.ts';
import type { Caller } from '../store/api-key.ts';
import { accountsOf, type ChannelAccount } from '../store/channel-account.ts';
import type { Dependencies } from './dependencies.ts';
import { offerOf } from './offer.ts';
import { type Method, tokenOf } from './payment-schema.ts';
import type { FieldError } from './problem.ts';

/** An account whose channel serves a method, and in which currencies. */
export interface Serving {
  readonly account: ChannelAccount;
  readonly currencies: readonly string[];
}

/** The caller's accounts whose channel serves this method. */
export async function servingOf(
  { store, channelFor }: Pick<Dependencies, 'store' | 'channelFor'>,
  caller: Caller,
  { type }: Method,
): Promise<Serving[]> {
  const accounts = await accountsOf(store.pool, caller);
  return accounts.flatMap((account) => {
    const currencies = offerOf(channelFor(account.channel), account)[type];
    return currencies?.length ? [{ account, currencies }] : [];
  });
}

/** Is there nobody who serves this method? */
export function methodErrors(serving: readonly Serving[], { type }: Method): FieldError[] {
  if (serving.length > 0) return [];
  const detail = `no channel account serves '${type}'`;
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

/** Is this method only captured automatically? */
export function captureErrors(
  pointer: string,
  { type }: Method,
  capture: 'automatic' | 'manual' | undefined,
): FieldError[] {
  if (capture !== 'manual' || type === 'card') return [];
  const detail = `${type} is captured automatically`;
  return [{ pointer, code: 'capture_mode_not_supported', detail }];
}

/** What the payer chose, with the first account that serves it; null when none does. */
export function choiceOf(
  serving: readonly Serving[],
  method: Method,
  currency: string,
): Choice | null {
  const fitting = serving.find(({ currencies }) => currencies.includes(currency));
  if (!fitting) return null;
  const { id, version, channel } = fitting.account;
  return {
    method: method.type,
    token: tokenOf(method),
    route: { channel, channel_account: id, account_version: version },
  };
}
