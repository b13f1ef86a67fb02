import { z } from 'zod';

import { paymentStatuses } from '../domain/payment.ts';
import { payingBy } from '../domain/rule.ts';
import { topUpObject } from '../domain/top-up.ts';
import type { Caller } from '../store/api-key.ts';
import { drawId } from '../store/id.ts';
import type { StoredPayment } from '../store/payment.ts';
import { findTopUp, listTopUps } from '../store/top-up.ts';
import { openWallet } from '../store/wallet.ts';
import { listOf } from './answer-schema.ts';
import { createPayment, type Creation } from './creation.ts';
import { customerErrors } from './customer.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint, type Examination } from './endpoint.ts';
import { amount, currency, httpUrl, listQuery, metadata, text, wait } from './field.ts';
import { required } from './idempotency-key.ts';
import { type Market, marketOf } from './market.ts';
import { currencyErrors, methodErrors, pauseErrors, topUpErrors } from './method-error.ts';
import { listed, pageRequest } from './page.ts';
import { life, method } from './payment-schema.ts';
import { Problem } from './problem.ts';
import { savedErrors } from './saved-method.ts';
import { targetErrors } from './target.ts';
import { topUp } from './wallet-answer.ts';

const path = '/v1/top_ups';

const createTopUp = (minExpiresIn: number) =>
  z
    .strictObject({
      customer: text(1, 64),
      amount,
      currency,
      method: method.optional(),
      expires_in: life(minExpiresIn),
      wait,
      description: text(0, 500).optional(),
      return_url: httpUrl.optional(),
      notify_url: httpUrl.optional(),
      metadata: metadata.default({}),
    })
    .openapi('CreateTopUp');
type CreateTopUp = z.infer<ReturnType<typeof createTopUp>>;

/** `/v1/top_ups`: money into a customer's wallet by an ordinary payment (contract section 1, `top_`; decision 0032). */
export function topUpEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store, config } = dependencies;
  return [
    endpoint({
      method: 'post',
      path,
      summary: 'Top up a customer’s wallet; its payment is confirmed, canceled and refunded as any other',
      key: 'required',
      body: createTopUp(config.minExpiresIn),
      examine: (caller, fields) => examine(dependencies, caller, fields),
      status: 201,
      answers: topUp,
      refusals: ['not_found', 'amount_too_small', 'amount_too_large', 'currency_not_supported', 'method_not_supported', 'channel_paused', 'expires_in_out_of_range', 'customer_not_found', 'webhook_url_not_allowed'],
      handle: (asked) => create(dependencies, asked),
    }),
    endpoint({
      method: 'get',
      path,
      summary: 'List top-ups, newest first',
      key: 'none',
      query: listQuery({ customer: text(1, 64).optional(), status: z.enum(paymentStatuses).optional() }),
      status: 200,
      answers: listOf(topUp),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        return { body: listed(await listTopUps(store.pool, caller, query, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read a top-up',
      key: 'none',
      status: 200,
      answers: topUp,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const found = await findTopUp(store.pool, caller, id);
        if (!found) throw new Problem('not_found', 'no such top-up');
        return { body: shown(found) };
      },
    }),
  ];
} // prettier-ignore

async function examine(
  dependencies: Dependencies,
  caller: Caller,
  { customer, method, currency, amount, notify_url }: Partial<CreateTopUp>,
): Promise<Examination<Market>> {
  const market = await marketOf(dependencies, caller, method);
  const { serving } = market;
  const payer = { id: customer };
  const paying =
    method && currency && amount !== undefined
      ? payingBy(method.type, payer, { currency, amount, order_no: '' })
      : null;
  const errors = [
    ...(method ? [...methodErrors(serving, method), ...topUpErrors(method)] : []),
    ...(method && currency ? currencyErrors('/currency', serving, method, currency) : []),
    ...(paying ? pauseErrors(market, paying) : []),
    ...(method ? savedErrors(serving, method, customer) : []),
    ...(await customerErrors(dependencies, '/customer', caller, customer)),
    ...targetErrors('/notify_url', notify_url, caller, dependencies.config.egressAllow),
  ];
  return { errors, found: market };
}

/** The payment behind it is captured at once and declined until its end; everything else is as the merchant asked for. */
async function create(
  dependencies: Dependencies,
  asked: Asked<CreateTopUp, unknown, Market>,
): Promise<Answer> {
  const { caller, key } = asked;
  const { customer, ...given } = asked.body;
  const walletId = await openWallet(dependencies.store.pool, caller, customer, given.currency);
  const body: Creation['body'] = {
    ...given,
    order_no: drawId('top'),
    customer: { id: customer },
    capture: 'automatic',
    on_decline: 'retry',
    max_attempts: 5,
  };
  const creation = { ...asked, body, key: required(key) };
  const { payment, headers } = await createPayment(dependencies, creation, walletId);
  return { body: shown(payment), headers: { Location: `${path}/${payment.order_no}`, ...headers } };
}

function shown(payment: StoredPayment): object {
  return topUpObject(payment, payment.details);
}
