import type { Choice } from '../domain/payment.ts';
import type { Caller } from '../store/api-key.ts';
import { accountsOf } from '../store/channel-account.ts';
import type { Dependencies } from './dependencies.ts';
import type { Method } from './payment-schema.ts';
import { fieldProblem } from './problem.ts';

/**
 * What the payer chose, with the first of the caller's accounts whose channel serves this method and currency.
 * Refuses with `method_not_supported`, or with `currency_not_supported` and the currencies that are enabled.
 */
export async function choiceFor(
  { store, channelFor }: Pick<Dependencies, 'store' | 'channelFor'>,
  caller: Caller,
  { type: method, token }: Method,
  currency: string,
): Promise<Choice> {
  const accounts = await accountsOf(store.pool, caller);
  const serving = accounts.flatMap((account) => {
    const currencies = channelFor(account.channel)?.facts.methods[method];
    return currencies ? [{ account, currencies }] : [];
  });
  if (serving.length === 0) {
    const detail = `no channel account serves '${method}'`;
    throw fieldProblem([{ pointer: '/method/type', code: 'method_not_supported', detail }]);
  }
  const fitting = serving.find(({ currencies }) => currencies.includes(currency));
  if (!fitting) {
    const enabled = [...new Set(serving.flatMap(({ currencies }) => currencies))].join(', ');
    const detail = `'${currency}' is not enabled for ${method}; enabled: ${enabled}`;
    throw fieldProblem([{ pointer: '/currency', code: 'currency_not_supported', detail }]);
  }
  const { id, version, channel } = fitting.account;
  return {
    method,
    token: token ?? null,
    route: { channel, channel_account: id, account_version: version },
  };
}
