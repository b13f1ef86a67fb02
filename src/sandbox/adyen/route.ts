import type { Asked, Routed } from './call.ts';
import * as modification from './modification-call.ts';
import * as payment from './payment-call.ts';
import { notFound } from './wording.ts';

type Route = readonly [path: RegExp, understand: (asked: Asked) => Routed];
const routes: readonly Route[] = [
  [/^\/payments$/, payment.paymentCall],
  [/^\/payments\/details$/, payment.detailsCall],
  [/^\/payments\/([^/]+)\/captures$/, modification.captureCall],
  [/^\/payments\/([^/]+)\/refunds$/, modification.refundCall],
  [/^\/payments\/([^/]+)\/cancels$/, modification.cancelCall],
  [/^\/payments\/([^/]+)\/reversals$/, modification.reversalCall],
  [/^\/cancels$/, modification.technicalCancelCall],
];

/** The Checkout API, at the versions 60 to 79; a merchant's live host has a folder before them. */
const versioned = /^(?:\/checkout)?\/v[67]\d(\/.*)$/;

/**
 * What a request asks for. What is refused here was never begun.
 *
 * @param method the HTTP method
 * @param path without the query
 * @param asked the rest of the request
 */
export function route(method: string, path: string, asked: Omit<Asked, 'id'>): Routed {
  const [, place = ''] = versioned.exec(path) ?? [];
  for (const [pattern, understand] of routes) {
    const match = method === 'POST' && pattern.exec(place);
    if (match) return understand({ ...asked, id: match[1] ?? '' });
  }
  return { refused: notFound() };
}
