import { findCustomer } from '../store/customer.ts';
import { findMethod, listMethods, type PaymentMethod, removeMethod } from '../store/payment-method.ts'; // prettier-ignore
import { deletedPaymentMethod, listOf, paymentMethod } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { listQuery } from './field.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';

const path = '/v1/payment_methods';

/** `/v1/payment_methods`: what customers have had kept for later payments (contract section 1, `pm_`; decision 0034). */
export function paymentMethodEndpoints({ store }: Dependencies): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/v1/customers/{id}/payment_methods',
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
  const { id, customer_id: customer, type, status, card, channel, channel_account } = one;
  const { consent, livemode, created_at, updated_at } = one;
  return { id, object: 'payment_method', customer, type, status, card, channel, channel_account, consent, livemode, created_at, updated_at }; // prettier-ignore
}
