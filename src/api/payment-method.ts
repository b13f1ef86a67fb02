import { shownStatus } from '../domain/payment-method.ts';
import { findCustomer } from '../store/customer.ts';
import { findMethod, listMethods, type PaymentMethod, removeMethod } from '../store/payment-method.ts'; // prettier-ignore
import { listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { listQuery } from './field.ts';
import { replayedIf } from './idempotency-key.ts';
import { listed, pageRequest } from './page.ts';
import { deletedPaymentMethod, paymentMethod } from './payment-method-answer.ts';
import { Problem } from './problem.ts';
import { examineSetup, setUp } from './setup.ts';
import { setUpMethod } from './setup-schema.ts';

const path = '/v1/payment_methods';
const ofCustomer = '/v1/customers/{id}/payment_methods';

/** `/v1/payment_methods`: what customers have had kept for later payments (contract section 1, `pm_`; decisions 0034 and 0043). */
export function paymentMethodEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store, config } = dependencies;
  return [
    endpoint({
      method: 'post',
      path: ofCustomer,
      summary:
        'Save a method for a customer without a payment: his bank is asked, and perhaps himself',
      key: 'accepted',
      body: setUpMethod(config.minExpiresIn),
      examine: (caller, fields) => examineSetup(dependencies, caller, fields),
      status: 201,
      answers: paymentMethod,
      refusals: ['not_found', 'method_not_supported', 'expires_in_out_of_range'],
      handle: async (asked) => {
        const { method, isReplay } = await setUp(dependencies, asked);
        const headers = {
          Location: `${path}/${method.id}`,
          ...replayedIf(isReplay),
        };
        return { body: shown(method), headers };
      },
    }),
    endpoint({
      method: 'get',
      path: ofCustomer,
      summary: 'List what a customer has had kept for later payments, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(paymentMethod),
      refusals: ['not_found'],
      handle: async ({ caller, id, query }) => {
        if (!(await findCustomer(store, caller, id))) throw new Problem('not_found', 'no such customer'); // prettier-ignore
        const asked = pageRequest(query);
        return { body: listed(await listMethods(store, caller, id, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read a saved method',
      key: 'none',
      status: 200,
      answers: paymentMethod,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const found = await findMethod(store, caller, id);
        if (!found) throw noSuchMethod();
        return { body: shown(found) };
      },
    }),
    endpoint({
      method: 'delete',
      path: `${path}/{id}`,
      summary:
        'Withdraw a saved method: nothing is paid with it any more, and its channel forgets it',
      key: 'none',
      status: 200,
      answers: deletedPaymentMethod,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        if (!(await removeMethod(store.pool, caller, id))) throw noSuchMethod();
        return { body: { id, object: 'payment_method', deleted: true } };
      },
    }),
  ];
}

function noSuchMethod(): Problem {
  return new Problem('not_found', 'no such payment method');
}

function shown(one: PaymentMethod): object {
  const { id, customer_id: customer, type, card, channel, channel_account } = one;
  const { consent, livemode, created_at, updated_at } = one;
  const status = shownStatus(one);
  const { next_action = null, failure = null } = one.setup ?? {};
  return { id, object: 'payment_method', customer, type, status, card, channel, channel_account, next_action, failure, consent, livemode, created_at, updated_at }; // prettier-ignore
}
