import { z } from 'zod';

import type { Decision } from '../domain/case.ts';
import type { Case } from '../domain/case.ts';
import { caseObject } from '../domain/payment-object.ts';
import type { Caller } from '../store/api-key.ts';
import { findPart, listParts, type Stored } from '../store/payment-part.ts';
import { loadPayment } from '../store/payment-row.ts';
import { listOf } from './answer-schema.ts';
import { caseAnswer } from './case-answer.ts';
import { order } from './command.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { listQuery, text, wait } from './field.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';

const listCases = listQuery({
  payment_id: text(1, 64).optional(),
  status: z.enum(['open', 'resolved']).optional(),
});

const resolveCase = z
  .strictObject({ decision: text(1, 40), reason: text(1, 500), wait })
  .openapi('ResolveCase');

/** `/v1/cases`: work for a person (contract section 2). */
export function caseEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'get',
      path: '/v1/cases',
      summary: 'List cases, newest first',
      key: 'none',
      query: listCases,
      status: 200,
      answers: listOf(caseAnswer),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        const page = await listParts(store.pool, 'cases', caller, query, asked);
        return { body: listed(page, asked, shown) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/cases/{id}/resolve',
      summary: 'Decide a case',
      key: 'accepted',
      body: resolveCase,
      status: 200,
      answers: caseAnswer,
      refusals: ['not_found', 'case_decision_not_allowed'],
      handle: async (asked) => {
        const { caller, id, body } = asked;
        const payment = await loadPayment(store.pool, (await owned(dependencies, caller, id)).payment_id);
        if (!payment) throw new Error(`bug: case ${id} is about no payment`);
        const decision = body.decision as Decision; // another one is refused by the payment's state
        const command = { name: 'resolve', case_id: id as Case['id'], decision, reason: body.reason } as const;
        const headers = await order(dependencies, asked, payment, command);
        return { body: shown(await owned(dependencies, caller, id)), headers };
      },
    }),
  ];
} // prettier-ignore

function shown(one: Stored<Case>): object {
  return caseObject(one, one.payment_id);
}

async function owned({ store }: Dependencies, caller: Caller, id: string): Promise<Stored<Case>> {
  const found = await findPart(store.pool, 'cases', caller, id);
  if (!found) throw new Problem('not_found', 'no such case');
  return found;
}
