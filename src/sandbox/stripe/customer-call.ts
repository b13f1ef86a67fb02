import { about, type Asked, type Routed, withParameters } from './call.ts';
import { attach, createCustomer, detach, findCustomer, wireCustomer } from './customer.ts';
import * as parameters from './parameters.ts';
import { findMethod, methodsOf, type PaymentMethod } from './payment-method.ts';
import { wireMethod } from './wire.ts';
import { missing } from './wording.ts';

/** `POST /v1/customers`. */
export function createCustomerCall(request: Asked): Routed {
  return withParameters(parameters.customerParameters, request, (asked) =>
    about(null, { operation: 'prepare', commit: () => createCustomer(request.options, asked) }),
  );
}

/** `GET /v1/customers/{id}`. */
export function customerCall({ options, id }: Asked): Routed {
  const known = findCustomer(options, id);
  if (!known) return { refused: missing('customer', id, 'id') };
  const body = wireCustomer(known);
  return about(null, { operation: 'query', commit: () => ({ status: 200, body }) });
}

/** `GET /v1/customers/{id}/payment_methods`. */
export function customerMethodsCall({ options, id }: Asked): Routed {
  if (!findCustomer(options, id)) return { refused: missing('customer', id, 'id') };
  const data = () => methodsOf(options, id).map(wireMethod);
  const url = `/v1/customers/${id}/payment_methods`;
  return about(null, {
    operation: 'query',
    commit: () => ({ status: 200, body: { object: 'list', data: data(), has_more: false, url } }),
  });
}

/** `GET /v1/payment_methods/{id}`. */
export function methodCall(request: Asked): Routed {
  return withMethod(request, (known) =>
    about(null, { operation: 'query', commit: () => ({ status: 200, body: wireMethod(known) }) }),
  );
}

/** `POST …/attach`. */
export function attachCall(request: Asked): Routed {
  const { options } = request;
  return withMethod(request, ({ id }) =>
    withParameters(parameters.attachParameters, request, ({ customer }) => {
      if (!findCustomer(options, customer))
        return { refused: missing('customer', customer, 'customer', 400) };
      return about(null, { operation: 'prepare', commit: () => attach(options, id, customer) });
    }),
  );
}

/** `POST …/detach`. */
export function detachCall(request: Asked): Routed {
  const { options } = request;
  return withMethod(request, (known) =>
    about(null, {
      operation: 'prepare',
      commit: () => detach(options, findMethod(options, known.id) ?? known),
    }),
  );
}

function withMethod({ options, id }: Asked, use: (known: PaymentMethod) => Routed): Routed {
  const known = findMethod(options, id);
  return known ? use(known) : { refused: missing('PaymentMethod', id, 'payment_method') };
}
