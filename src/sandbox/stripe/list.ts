import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import type { DisputeEntry, RefundEntry } from '../transaction.ts';
import type { BalanceTransaction } from './balance-transaction.ts';
import type { OwnDispute } from './dispute.ts';
import { wireDispute } from './dispute-wire.ts';
import { intentsOf, type StripeOptions } from './intent.ts';
import type { PageParameters } from './parameters.ts';
import { type Payout, wirePayout } from './payout.ts';
import { type SetupIntent, wireSetup } from './setup-intent.ts';
import { wireIntent, wireRefund } from './wire.ts';
import { channel, missing } from './wording.ts';

interface Listed {
  readonly id: string;
  /** In milliseconds; Stripe's lists order by it, and by which was made first. */
  readonly created: number;
  readonly wire: () => object;
}

/** `GET /v1/payment_intents`: newest first. A list lags behind nothing, unlike Stripe's search. */
export function listIntents(options: StripeOptions, asked: PageParameters): Answer {
  const transactions = [...options.books.transactions.values()];
  const intents = transactions.filter((one) => one.channel === channel).flatMap(intentsOf);
  const listed = intents.map((intent) => ({
    id: intent.id,
    created: intent.created_at,
    wire: () => wireIntent(options, intent, asked.expand),
  }));
  return page('/v1/payment_intents', listed, asked);
}

/**
 * `GET /v1/refunds`: newest first.
 *
 * @param refunds those that were asked for
 */
export function listRefunds(refunds: readonly RefundEntry[], asked: PageParameters): Answer {
  const listed = refunds.map((refund) => ({
    id: refund.refund_id,
    created: Date.parse(refund.created_at),
    wire: () => wireRefund(refund),
  }));
  return page('/v1/refunds', listed, asked);
}

/**
 * `GET /v1/disputes`: newest first.
 *
 * @param disputes those that were asked for
 */
export function listDisputes(
  books: Books,
  disputes: readonly DisputeEntry[],
  asked: PageParameters,
): Answer {
  const listed = disputes.map((dispute) => ({
    id: dispute.reference,
    created: (dispute.own as OwnDispute).created_at,
    wire: () => wireDispute(books, dispute),
  }));
  return page('/v1/disputes', listed, asked);
}

/**
 * `GET /v1/balance_transactions`: newest first.
 *
 * @param moved those that were asked for
 */
export function listMoved(
  moved: readonly BalanceTransaction[],
  wire: (moved: BalanceTransaction) => object,
  asked: PageParameters,
): Answer {
  const listed = moved.map((one) => ({
    id: one.id,
    created: one.created_at,
    wire: () => wire(one),
  }));
  return page('/v1/balance_transactions', listed, asked);
}

/** `GET /v1/setup_intents`: newest first. */
export function listSetups(
  options: StripeOptions,
  setups: readonly SetupIntent[],
  asked: PageParameters,
): Answer {
  const listed = setups.map((setup) => ({
    id: setup.id,
    created: setup.created_at,
    wire: () => wireSetup(options, setup),
  }));
  return page('/v1/setup_intents', listed, asked);
}

/** `GET /v1/payouts`: newest first. */
export function listPayouts(payouts: readonly Payout[], asked: PageParameters): Answer {
  const listed = payouts.map((payout) => ({
    id: payout.id,
    created: payout.created_at,
    wire: () => wirePayout(payout),
  }));
  return page('/v1/payouts', listed, asked);
}

function page(url: string, all: readonly Listed[], asked: PageParameters): Answer {
  const { limit, starting_after, ending_before } = asked;
  const found = all
    .filter(({ created }) => isIn(Math.floor(created / 1_000), asked.created))
    .sort((one, other) => one.created - other.created)
    .reverse();
  const cursor = starting_after ?? ending_before;
  const place = found.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && place < 0) return missing('object', cursor, 'starting_after', 400);
  const before = starting_after === undefined && ending_before !== undefined;
  const candidates = before ? found.slice(0, place) : found.slice(place + 1);
  const shown = before ? candidates.slice(-limit) : candidates.slice(0, limit);
  return {
    status: 200,
    body: {
      object: 'list',
      data: shown.map(({ wire }) => wire()),
      has_more: candidates.length > shown.length,
      url,
    },
  };
}

function isIn(created: number, range: PageParameters['created'] = {}): boolean {
  const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = range;
  return created > gt && created >= gte && created < lt && created <= lte;
}
