import { toCurrency } from '../domain/currency.ts';
import type { Id } from '../domain/id.ts';
import { countsOf } from '../domain/limit-count.ts';
import { toMinor } from '../domain/money.ts';
import { paymentObject } from '../domain/payment-object.ts';
import { payingBy } from '../domain/rule.ts';
import { isStable, type View, viewOf } from '../domain/view.ts';
import { faultPoint } from '../fault-point.ts';
import type { Caller } from '../store/api-key.ts';
import { findKey } from '../store/idempotency.ts';
import { type Insertion, insertPayment, type NewPayment, type StoredPayment } from '../store/payment.ts'; // prettier-ignore
import { loadPayment } from '../store/payment-row.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { customerErrors } from './customer.ts';
import type { Dependencies } from './dependencies.ts';
import type { Answer, Asked, Examination } from './endpoint.ts';
import { type Key, keyReused, replayedIf } from './idempotency-key.ts';
import { type Market, marketOf } from './market.ts';
import {
  captureErrors,
  currencyErrors,
  methodErrors,
  pauseErrors,
  walletOwnerErrors,
} from './method-error.ts';
import { wrongFields } from './parsing.ts';
import type { CreatePayment } from './payment-schema.ts';
import { Problem } from './problem.ts';
import { choiceOf } from './route.ts';
import { refusalErrors, ruleErrors } from './rule-error.ts';
import { agree, savedErrors } from './saved-method.ts';
import { targetErrors } from './target.ts';
import { reached } from './timing.ts';
import { confirmOwner } from './wallet-pin.ts';

export type Creation = Asked<CreatePayment, unknown, Market> & { readonly key: Key };

/** What is wrong with well-formed fields of a create, and who serves its method. */
export async function examineCreation(
  dependencies: Dependencies,
  caller: Caller,
  { method, currency, capture, customer, notify_url, amount, order_no }: Partial<CreatePayment>,
): Promise<Examination<Market>> {
  const { egressAllow } = dependencies.config;
  const market = await marketOf(dependencies, caller, method);
  const { serving } = market;
  const isWhole = method && currency && amount !== undefined && order_no !== undefined;
  const paying = isWhole ? payingBy(method.type, customer, { currency, amount, order_no }) : null;
  const errors = [
    ...(method ? methodErrors(serving, method) : []),
    ...(method && currency ? currencyErrors('/currency', serving, method, currency) : []),
    ...(method ? captureErrors('/capture', serving, method, capture) : []),
    ...(method ? savedErrors(serving, method, customer?.id) : []),
    ...(method ? walletOwnerErrors('/customer/id', method, customer?.id) : []),
    ...(paying ? [...pauseErrors(market, paying), ...ruleErrors(places, market, paying)] : []),
    ...(await customerErrors(dependencies, '/customer/id', caller, customer?.id)),
    ...targetErrors('/notify_url', notify_url, caller, egressAllow),
  ];
  return { errors, found: market };
}

const places = { method: '/method/type', amount: '/amount' } as const;

/** `POST /v1/payments`. */
export async function create(dependencies: Dependencies, asked: Creation): Promise<Answer> {
  const { payment, headers } = await createPayment(dependencies, asked, null);
  return {
    body: paymentObject(payment, payment.details),
    headers: { Location: `/v1/payments/${payment.id}`, ...headers },
  };
}

/** A payment that was made or had been, and the mark of a repeat. */
interface Created {
  readonly payment: StoredPayment;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Stores the payment, starts its actor and waits at the row for the first stable state.
 * @param walletId the wallet that it tops up; null for an order of the merchant's
 */
export async function createPayment(
  dependencies: Dependencies,
  asked: Creation,
  walletId: Id<'wal'> | null,
): Promise<Created> {
  const { timing } = dependencies.store;
  const insertion = await insert(dependencies, asked, walletId);
  const isReplay = insertion.kind === 'replayed';
  const payment = await stored(dependencies, asked, insertion);
  const first = isReplay ? undefined : viewOf(payment, payment.created_at, timing);
  const waitMs = asked.body.wait * 1_000;
  const [after] = await Promise.all([
    reached(dependencies, asked.timing, payment, isStable, waitMs, !isReplay),
    isReplay && isStable(payment) ? undefined : wake(dependencies, payment, waitMs, first),
  ]);
  return { payment: after, headers: replayedIf(isReplay) };
}

/** A held key answers what it names; without one the payment is stored, which decides every race. */
async function insert(
  dependencies: Dependencies,
  asked: Creation,
  walletId: Id<'wal'> | null,
): Promise<Insertion> {
  const { pool } = dependencies.store;
  const held = await findKey(pool, asked.key.cause);
  faultPoint('claim.before');
  if (held?.fingerprint === asked.key.fingerprint)
    return { kind: 'replayed', paymentId: held.object_id };
  if (held) return { kind: 'key_reused' };
  const { store } = dependencies;
  const { method, customer } = asked.body;
  await confirmOwner(store, method, customer?.id);
  const payment = newPayment(store, asked, walletId);
  await agree(store, asked.caller, method, payment.choice, customer?.id);
  return insertPayment(store, payment);
}

async function stored(
  { store }: Dependencies,
  { body, requestId }: Creation,
  insertion: Insertion,
): Promise<StoredPayment> {
  switch (insertion.kind) {
    case 'created':
      logger.info({ request_id: requestId, payment_id: insertion.payment.id }, 'payment created');
      return insertion.payment;
    case 'replayed': {
      const payment = await loadPayment(store.pool, insertion.paymentId);
      if (!payment) throw new Error(`bug: a key names ${insertion.paymentId}, which is not there`);
      return payment;
    }
    case 'key_reused':
      throw keyReused();
    case 'key_busy':
      throw new Problem('idempotency_in_progress', 'a request with this key is being recorded');
    case 'limit_exceeded':
      throw wrongFields(refusalErrors(places, insertion.refusals));
    case 'order_taken': {
      const code = insertion.paid ? 'order_already_paid' : 'order_in_progress';
      const payment_id = insertion.paymentId;
      throw new Problem(code, `order '${body.order_no}' has ${payment_id}`, { payment_id });
    }
  }
}

/** Temporal has this long to take a start for a caller who does not wait. */
const startPatienceMs = 1_000;

/** Starts the actor. Temporal away is no error: the payment is stored, and the attendance starts it later. */
async function wake(
  { actor, waiting }: Dependencies,
  payment: StoredPayment,
  waitMs: number,
  first: View | undefined,
): Promise<void> {
  try {
    const starting = actor.start(payment, Math.max(waitMs, startPatienceMs), first);
    await waiting.unlessHurried(starting);
  } catch (error) {
    logger.info({ payment_id: payment.id, err: error }, 'the actor was not started in time');
  }
}

function newPayment(
  store: Store,
  { caller, body, key, found }: Creation,
  walletId: Id<'wal'> | null,
): NewPayment {
  const { method, customer } = body;
  const paying = method && payingBy(method.type, customer, body);
  const choice = method && paying ? choiceOf(store, caller, found, method, paying) : null;
  if (body.method && !choice) throw new Error(`bug: nobody serves ${body.method.type}`);
  const { merchant_id, app_id, livemode } = caller;
  const { order_no, capture, on_decline, max_attempts } = body;
  return {
    terms: {
      merchant_id, app_id, livemode, order_no, capture, on_decline, max_attempts,
      amount: toMinor(body.amount),
      currency: toCurrency(body.currency),
      late_money: body.late_money ?? caller.late_money,
      wallet_id: walletId,
      expires_in_ms: body.expires_in * 1_000,
    },
    choice,
    counts: paying && found.rules && walletId === null ? countsOf(found.rules, paying) : [],
    details: {
      description: body.description ?? null,
      customer: body.customer ? { ...body.customer } as Record<string, string> : null,
      metadata: body.metadata,
      return_url: body.return_url ?? null,
      notify_url: body.notify_url ?? null,
    },
    key,
  };
} // prettier-ignore
