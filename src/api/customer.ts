import { z } from 'zod';

import type { Caller } from '../store/api-key.ts';
import {
  changeCustomer,
  type Customer,
  type CustomerWriting,
  findCustomer,
  insertCustomer,
  listCustomers,
  removeCustomer,
} from '../store/customer.ts';
import { listOf } from './answer-schema.ts';
import { customer, deletedCustomer } from './customer-answer.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Endpoint, endpoint } from './endpoint.ts';
import { email, listQuery, metadata, text, visible } from './field.ts';
import { keyReused, replayed } from './idempotency-key.ts';
import { listed, pageRequest } from './page.ts';
import { type FieldError, Problem } from './problem.ts';

const path = '/v1/customers';

const reference = visible(64).openapi({ description: 'Your own number of the customer' });
const name = text(1, 200);

const createCustomer = z
  .strictObject({
    reference: reference.optional(),
    name: name.optional(),
    email: email.optional(),
    metadata: metadata.default({}),
  })
  .openapi('CreateCustomer');

/** What is left out stays as it is; null removes it. */
const changeBody = z
  .strictObject({
    reference: reference.nullable().optional(),
    name: name.nullable().optional(),
    email: email.nullable().optional(),
    metadata: metadata.optional(),
  })
  .openapi('ChangeCustomer');

/** `/v1/customers`: whom payments, wallets and saved methods belong to (contract section 1, `cus_`). */
export function customerEndpoints({ store }: Dependencies): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path,
      summary: 'Make a customer; what names him is kept sealed',
      key: 'accepted',
      body: createCustomer,
      status: 201,
      answers: customer,
      refusals: [],
      handle: async ({ caller, body, key }) => {
        const { reference = null, name = null, email = null, metadata } = body;
        const made = await insertCustomer(store, caller, { reference, name, email, metadata }, key);
        const answer = written(made);
        const { id } = answer.body as Customer;
        return { ...answer, headers: { Location: `${path}/${id}`, ...answer.headers } };
      },
    }),
    endpoint({
      method: 'get',
      path,
      summary: 'List customers, newest first',
      key: 'none',
      query: listQuery({ reference: text(1, 64).optional() }),
      status: 200,
      answers: listOf(customer),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        return { body: listed(await listCustomers(store, caller, query, asked), asked, shown) };
      },
    }),
    endpoint({
      method: 'get',
      path: `${path}/{id}`,
      summary: 'Read a customer',
      key: 'none',
      status: 200,
      answers: customer,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const found = await findCustomer(store, caller, id);
        if (!found) throw noSuchCustomer();
        return { body: shown(found) };
      },
    }),
    endpoint({
      method: 'post',
      path: `${path}/{id}`,
      summary: 'Change a customer: what is left out stays as it is, null removes it',
      key: 'accepted',
      body: changeBody,
      status: 200,
      answers: customer,
      refusals: ['not_found'],
      handle: async ({ caller, id, body, key }) =>
        written(await changeCustomer(store, caller, id, given(body), key)),
    }),
    endpoint({
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'Remove a customer: what names him is destroyed, his payments keep his id',
      key: 'none',
      status: 200,
      answers: deletedCustomer,
      refusals: ['not_found', 'wallet_not_empty'],
      handle: async ({ caller, id }) => {
        const removal = await removeCustomer(store, caller, id);
        if (removal.kind === 'not_found') throw noSuchCustomer();
        if (removal.kind === 'wallet_not_empty')
          throw new Problem('wallet_not_empty', `${removal.wallet} is not empty`);
        return { body: { id, object: 'customer', deleted: true } };
      },
    }),
  ];
}

/** Is the customer whom a body names none of the caller's? */
export async function customerErrors(
  { store }: Pick<Dependencies, 'store'>,
  pointer: string,
  caller: Caller,
  id: string | undefined,
): Promise<FieldError[]> {
  if (id === undefined || (await findCustomer(store, caller, id))) return [];
  return [{ pointer, code: 'customer_not_found', detail: 'no such customer' }];
}

/** Without the members that were left out. */
function given<T extends object>(body: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== undefined),
  ) as never;
}

function written(writing: CustomerWriting): Answer {
  switch (writing.kind) {
    case 'key_reused':
      throw keyReused();
    case 'not_found':
      throw noSuchCustomer();
    case 'replayed':
      return { body: shown(writing.customer), headers: replayed };
    case 'written':
      return { body: shown(writing.customer) };
  }
}

function noSuchCustomer(): Problem {
  return new Problem('not_found', 'no such customer');
}

function shown(one: Customer): object {
  const { id, reference, name, email, metadata, livemode, created_at, updated_at } = one;
  return { id, object: 'customer', reference, name, email, metadata, livemode, created_at, updated_at }; // prettier-ignore
}
