import { z } from 'zod';

import { refundStates } from '../domain/outcome.ts';
import { refundObject } from '../domain/payment-object.ts';
import { findPart, listParts } from '../store/payment-part.ts';
import { listOf, refund as refundAnswer } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { pageParameters, text } from './field.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';

const listRefunds = z.strictObject({
  ...pageParameters,
  payment_id: text(1, 64).optional(),
  status: z.enum(refundStates).optional(),
});

/** `/v1/refunds`: list and read (contract section 3). */
export function refundEndpoints({ store }: Dependencies): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/v1/refunds',
      summary: 'List refunds, newest first',
      key: 'none',
      query: listRefunds,
      status: 200,
      answers: listOf(refundAnswer),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        const page = await listParts(store.pool, 'refunds', caller, query, asked);
        return { body: listed(page, asked, (one) => refundObject(one, one.payment_id)) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/refunds/{id}',
      summary: 'Read a refund',
      key: 'none',
      status: 200,
      answers: refundAnswer,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const found = await findPart(store.pool, 'refunds', caller, id);
        if (!found) throw new Problem('not_found', 'no such refund');
        return { body: refundObject(found, found.payment_id) };
      },
    }),
  ];
}
