import * as bill from './bill-call.ts';
import type { Asked, Routed } from './call.ts';
import * as dispute from './dispute-call.ts';
import * as order from './order-call.ts';
import * as payment from './payment-call.ts';
import * as refund from './refund-call.ts';
import { missing } from './wording.ts';

const orders = '/v2/checkout/orders';
const payments = '/v2/payments';
export const disputes = '/v1/customer/disputes';
type Route = readonly [method: string, path: RegExp, understand: (asked: Asked) => Routed];
const routes: readonly Route[] = [
  ['POST', new RegExp(`^${orders}$`), order.createCall],
  ['GET', new RegExp(`^${orders}/([^/]+)$`), order.queryCall],
  ['POST', new RegExp(`^${orders}/([^/]+)/capture$`), order.captureCall],
  ['POST', new RegExp(`^${orders}/([^/]+)/authorize$`), order.authorizeCall],
  ['GET', new RegExp(`^${payments}/authorizations/([^/]+)$`), payment.queryAuthorizationCall],
  ['POST', new RegExp(`^${payments}/authorizations/([^/]+)/capture$`), payment.captureAuthorizationCall],
  ['POST', new RegExp(`^${payments}/authorizations/([^/]+)/void$`), payment.voidCall],
  ['GET', new RegExp(`^${payments}/captures/([^/]+)$`), payment.queryCaptureCall],
  ['POST', new RegExp(`^${payments}/captures/([^/]+)/refund$`), refund.refundCall],
  ['GET', new RegExp(`^${payments}/refunds/([^/]+)$`), refund.queryRefundCall],
  ['GET', /^\/v1\/reporting\/transactions$/, bill.listTransactionsCall],
  ['GET', new RegExp(`^${disputes}$`), dispute.listDisputesCall],
  ['GET', new RegExp(`^${disputes}/([^/]+)$`), dispute.disputeCall],
  ['POST', new RegExp(`^${disputes}/([^/]+)/provide-evidence$`), dispute.provideEvidenceCall],
  ['POST', new RegExp(`^${disputes}/([^/]+)/accept-claim$`), dispute.acceptClaimCall],
]; // prettier-ignore

/**
 * What a request asks for. What is refused here was never begun.
 *
 * @param method the HTTP method
 * @param path without the query
 * @param asked the rest of the request
 */
export function route(method: string, path: string, asked: Omit<Asked, 'id'>): Routed {
  for (const [wanted, pattern, understand] of routes) {
    const match = method === wanted && pattern.exec(path);
    if (match) return understand({ ...asked, id: match[1] ?? '' });
  }
  return { refused: missing() };
}
