import * as balance from './balance-call.ts';
import type { Asked, Routed } from './call.ts';
import * as customer from './customer-call.ts';
import * as dispute from './dispute-call.ts';
import type { Form } from './form.ts';
import type { StripeOptions } from './intent.ts';
import * as intent from './intent-call.ts';
import * as refund from './refund-call.ts';
import * as setup from './setup-call.ts';
import { invalid } from './wording.ts';

const intents = '/v1/payment_intents';
const refunds = '/v1/refunds';
const setups = '/v1/setup_intents';
const moved = '/v1/balance_transactions';
const payouts = '/v1/payouts';
const disputes = '/v1/disputes';
const customers = '/v1/customers';
const methods = '/v1/payment_methods';
type Route = readonly [method: string, path: RegExp, understand: (asked: Asked) => Routed];
const routes: readonly Route[] = [
  ['POST', new RegExp(`^${intents}$`), intent.createCall],
  ['GET', new RegExp(`^${intents}$`), intent.listCall],
  ['GET', new RegExp(`^${intents}/([^/]+)$`), intent.queryCall],
  ['POST', new RegExp(`^${intents}/([^/]+)/confirm$`), intent.confirmCall],
  ['POST', new RegExp(`^${intents}/([^/]+)/capture$`), intent.captureCall],
  ['POST', new RegExp(`^${intents}/([^/]+)/increment_authorization$`), intent.incrementCall],
  ['POST', new RegExp(`^${intents}/([^/]+)/cancel$`), intent.cancelCall],
  ['POST', new RegExp(`^${customers}$`), customer.createCustomerCall],
  ['GET', new RegExp(`^${customers}/([^/]+)$`), customer.customerCall],
  ['GET', new RegExp(`^${customers}/([^/]+)/payment_methods$`), customer.customerMethodsCall],
  ['GET', new RegExp(`^${methods}/([^/]+)$`), customer.methodCall],
  ['POST', new RegExp(`^${methods}/([^/]+)/attach$`), customer.attachCall],
  ['POST', new RegExp(`^${methods}/([^/]+)/detach$`), customer.detachCall],
  ['POST', new RegExp(`^${refunds}$`), refund.refundCall],
  ['GET', new RegExp(`^${refunds}$`), refund.listRefundsCall],
  ['GET', new RegExp(`^${refunds}/([^/]+)$`), refund.queryRefundCall],
  ['POST', new RegExp(`^${setups}$`), setup.createSetupCall],
  ['GET', new RegExp(`^${setups}$`), setup.listSetupsCall],
  ['GET', new RegExp(`^${setups}/([^/]+)$`), setup.setupCall],
  ['POST', new RegExp(`^${setups}/([^/]+)/confirm$`), setup.confirmSetupCall],
  ['POST', new RegExp(`^${setups}/([^/]+)/cancel$`), setup.cancelSetupCall],
  ['GET', /^\/v1\/balance$/, balance.balanceCall],
  ['GET', new RegExp(`^${moved}$`), balance.listBalanceTransactionsCall],
  ['GET', new RegExp(`^${moved}/([^/]+)$`), balance.balanceTransactionCall],
  ['GET', new RegExp(`^${payouts}$`), balance.listPayoutsCall],
  ['GET', new RegExp(`^${payouts}/([^/]+)$`), balance.payoutCall],
  ['GET', new RegExp(`^${disputes}$`), dispute.listDisputesCall],
  ['GET', new RegExp(`^${disputes}/([^/]+)$`), dispute.disputeCall],
  ['POST', new RegExp(`^${disputes}/([^/]+)$`), dispute.updateDisputeCall],
  ['POST', new RegExp(`^${disputes}/([^/]+)/close$`), dispute.closeDisputeCall],
];

/**
 * What a request asks for. What is refused here was never begun.
 *
 * @param method the HTTP method
 * @param path without the query
 * @param form the body's parameters, or the query's
 */
export function route(options: StripeOptions, method: string, path: string, form: Form): Routed {
  for (const [wanted, pattern, understand] of routes) {
    const match = method === wanted && pattern.exec(path);
    if (match) return understand({ options, id: match[1] ?? '', form });
  }
  return { refused: invalid(`Unrecognized request URL (${method}: ${path}).`, {}, 404) };
}
