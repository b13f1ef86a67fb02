import { toMinor } from '../domain/money.ts';
import { paymentObject } from '../domain/payment-object.ts';
import { isAnswered, isStable } from '../domain/view.ts';
import type { StoredPayment } from '../store/payment.ts';
import { listPayments } from '../store/payment-list.ts';
import { readTimeline, type TimelineEntry } from '../store/timeline.ts';
import { listOf } from './answer-schema.ts';
import { order } from './command.ts';
import { confirm, examineConfirmation } from './confirmation.ts';
import { create, examineCreation } from './creation.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { required } from './idempotency-key.ts';
import { increment, isUnchanging } from './increment.ts';
import { owned } from './owned.ts';
import { listed, pageRequest } from './page.ts';
import { payment as paymentAnswer, timelineEntry } from './payment-answer.ts';
import * as schema from './payment-schema.ts';
import { Problem } from './problem.ts';
import { reached } from './timing.ts';
import { pinRefusals } from './wallet-pin.ts';

/** `/v1/payments`: create, list, read, cancel, sync, timeline (contract section 2). */
export function paymentEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store, config } = dependencies;
  return [
    endpoint({
      method: 'post',
      path: '/v1/payments',
      summary: 'Create a payment',
      key: 'required',
      body: schema.createPayment(config.minExpiresIn),
      examine: (caller, fields) => examineCreation(dependencies, caller, fields),
      status: 201,
      answers: paymentAnswer,
      refusals: ['not_found', 'amount_too_small', 'amount_too_large', 'currency_not_supported', 'method_not_supported', 'channel_paused', 'capture_mode_not_supported', 'method_denied', 'method_not_released', 'amount_below_limit', 'amount_above_limit', 'limit_per_day_exceeded', 'limit_per_month_exceeded', 'expires_in_out_of_range', 'customer_not_found', 'webhook_url_not_allowed', 'order_in_progress', 'order_already_paid', ...pinRefusals],
      handle: (asked) => create(dependencies, { ...asked, key: required(asked.key) }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/payments',
      summary: 'List payments, newest first',
      key: 'none',
      query: schema.listPayments,
      status: 200,
      answers: listOf(paymentAnswer),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        return { body: listed(await listPayments(store.pool, caller, query, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/payments/{id}',
      summary: 'Read a payment, or wait for its next change',
      key: 'none',
      query: schema.pollPayment,
      status: 200,
      answers: paymentAnswer,
      refusals: ['not_found'],
      handle: async ({ caller, id, query, timing }) => {
        const payment = await owned(store, caller, id);
        const began = performance.now();
        const after = await moved(dependencies, payment, query);
        timing.wait += performance.now() - began;
        return { body: shown(after) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/payments/{id}/confirm',
      summary: 'Pay with a (further) method; an earlier attempt is closed at its channel first',
      key: 'required',
      body: schema.confirmPayment,
      examine: (caller, fields) => examineConfirmation(dependencies, caller, fields),
      status: 200,
      answers: paymentAnswer,
      refusals: ['not_found', 'method_not_supported', 'channel_paused', 'method_denied', 'method_not_released', 'amount_below_limit', 'amount_above_limit', 'limit_per_day_exceeded', 'limit_per_month_exceeded', 'currency_not_supported', 'capture_mode_not_supported', 'customer_not_found', 'payment_not_confirmable', 'payment_outcome_unknown', ...pinRefusals],
      handle: (asked) => confirm(dependencies, { ...asked, key: required(asked.key) }),
    }),
    endpoint({
      method: 'post',
      path: '/v1/payments/{id}/capture',
      summary: 'Take what is held, or a part of it',
      key: 'required',
      body: schema.capturePayment,
      status: 200,
      answers: paymentAnswer,
      refusals: ['not_found', 'amount_too_small', 'amount_too_large', 'capture_exceeds_authorized', 'partial_capture_not_supported', 'payment_not_capturable', 'capture_in_progress', 'increment_in_progress', 'payment_outcome_unknown'],
      handle: async (asked) => {
        const payment = await owned(store, asked.caller, asked.id);
        const { amount, final: is_final, wait } = asked.body;
        const command = { name: 'capture', amount: amount === undefined ? null : toMinor(amount), is_final } as const;
        const headers = await order(dependencies, asked, payment, command);
        const after = await reached(dependencies, asked.timing, payment, isUnchanging, wait * 1_000);
        return { body: shown(after), headers };
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/payments/{id}/increment_authorization',
      summary: 'Raise what is held to a new total',
      key: 'required',
      body: schema.incrementPayment,
      status: 200,
      answers: paymentAnswer,
      refusals: ['not_found', 'amount_too_small', 'amount_too_large', 'amount_above_limit', 'limit_per_day_exceeded', 'limit_per_month_exceeded', 'increment_not_supported', 'payment_not_incrementable', 'capture_in_progress', 'increment_in_progress', 'payment_outcome_unknown'],
      handle: (asked) => increment(dependencies, asked),
    }),
    endpoint({
      method: 'post',
      path: '/v1/payments/{id}/cancel',
      summary: 'Cancel a payment that is not paid',
      key: 'required',
      body: schema.cancelPayment,
      status: 200,
      answers: paymentAnswer,
      refusals: ['not_found', 'payment_already_paid', 'payment_not_cancelable', 'payment_outcome_unknown', 'capture_in_progress', 'increment_in_progress'],
      handle: async (asked) => {
        const payment = await owned(store, asked.caller, asked.id);
        const note = asked.body.reason ?? null;
        const headers = await order(dependencies, asked, payment, { name: 'cancel', note });
        const after = await reached(dependencies, asked.timing, payment, isStable, asked.body.wait * 1_000);
        return { body: shown(canceled(after)), headers };
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/payments/{id}/sync',
      summary: 'Ask the channel now, also about a final payment',
      key: 'accepted',
      body: schema.syncPayment,
      status: 200,
      answers: paymentAnswer,
      refusals: ['not_found'],
      handle: async (asked) => {
        const payment = await owned(store, asked.caller, asked.id);
        const headers = await order(dependencies, asked, payment, { name: 'sync' });
        const after = await reached(dependencies, asked.timing, payment, isAnswered, asked.body.wait * 1_000);
        return { body: shown(after), headers };
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/payments/{id}/timeline',
      summary: 'Everything that happened to a payment, oldest first',
      key: 'none',
      status: 200,
      answers: listOf(timelineEntry),
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const payment = await owned(store, caller, id);
        const entries = await readTimeline(store.pool, payment.id);
        return { body: { object: 'list', data: entries.map(told), has_more: false } };
      },
    }),
  ];
} // prettier-ignore

function shown(payment: StoredPayment): object {
  return paymentObject(payment, payment.details);
}

function told({ at, ...entry }: TimelineEntry): object {
  return { ...entry, at: at.toISOString() };
}

/** At once if the sequence is greater than asked for, else at the first change, else unchanged after `wait`. */
async function moved(
  { waiting }: Dependencies,
  payment: StoredPayment,
  {
    wait = 0,
    after_sequence = payment.sequence,
  }: { wait?: number | undefined; after_sequence?: number | undefined },
): Promise<StoredPayment> {
  if (wait === 0 || payment.sequence > after_sequence) return payment;
  const isNews = (now: StoredPayment) => now.sequence > after_sequence;
  return (await waiting.until(payment.id, isNews, wait * 1_000)) ?? payment;
}

/**
 * The code follows the row when answering: the payer may have been faster than an accepted cancel. A hold that was
 * captured in part and then canceled is succeeded with that part.
 */
function canceled(payment: StoredPayment): StoredPayment {
  const isReleased = payment.given_up === 'requested' && payment.captures.length > 0;
  if (payment.status === 'succeeded' && !isReleased)
    throw new Problem('payment_already_paid', `${payment.id} is paid`);
  if (payment.status === 'failed')
    throw new Problem('payment_not_cancelable', `${payment.id} has failed`);
  return payment;
}
