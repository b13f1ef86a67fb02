import { z } from 'zod';

import { toMinor } from '../domain/money.ts';
import { refundStates } from '../domain/outcome.ts';
import { mainAttempt } from '../domain/payment.ts';
import { refundObject } from '../domain/payment-object.ts';
import { awaitsApproval } from '../domain/refund.ts';
import { type RefundTerms, refundTermsOf } from '../domain/refund-rule.ts';
import { payingBy } from '../domain/rule.ts';
import type { Caller } from '../store/api-key.ts';
import { findKey } from '../store/idempotency.ts';
import type { StoredPayment } from '../store/payment.ts';
import { findPart, listParts } from '../store/payment-part.ts';
import { rulesInForce } from '../store/rule-set.ts';
import { listOf } from './answer-schema.ts';
import { order } from './command.ts';
import type { Dependencies } from './dependencies.ts';
import { type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { amount, listQuery, text, wait } from './field.ts';
import { owned } from './owned.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';
import { refund as refundAnswer } from './refund-answer.ts';
import { reached } from './timing.ts';

const createRefund = z
  .strictObject({ payment_id: text(1, 64), amount: amount.optional(), reason: text(0, 80).optional(), wait })
  .openapi('CreateRefund'); // prettier-ignore

const listRefunds = listQuery({
  payment_id: text(1, 64).optional(),
  status: z.enum(refundStates).optional(),
});

/** `/v1/refunds`: create, list and read (contract section 3). */
export function refundEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'post',
      path: '/v1/refunds',
      summary: 'Send money back to the payer',
      key: 'required',
      body: createRefund,
      status: 201,
      answers: refundAnswer,
      refusals: [
        'not_found',
        'amount_too_small',
        'amount_too_large',
        'refund_exceeds_captured',
        'refund_spans_captures',
        'refund_limit_reached',
        'refund_window_passed',
        'partial_refund_not_allowed',
        'wallet_balance_too_low',
        'payment_not_refundable',
        'payment_outcome_unknown',
      ],
      handle: async (asked) => {
        const { payment_id, amount: given, reason = null, wait } = asked.body;
        const payment = await owned(store, asked.caller, payment_id);
        const amount = given === undefined ? null : toMinor(given);
        const rules = await termsOf(dependencies, asked.caller, payment);
        const command = { name: 'refund', amount, reason, ...(rules ? { rules } : {}) } as const;
        const replayed = await order(dependencies, asked, payment, command);
        const id = await madeUnder(dependencies, asked);
        const settled = (now: StoredPayment) => isSettled(now, id);
        const after = await reached(dependencies, asked.timing, payment, settled, wait * 1_000);
        const refund = after.refunds.find((one) => one.id === id);
        if (!refund) throw new Error(`bug: ${payment.id} has no refund ${id}`);
        const headers = { Location: `/v1/refunds/${id}`, ...replayed };
        return { body: refundObject(refund, payment.id), headers };
      },
    }),
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

/** The refund that the key names: the recording transaction wrote it there. */
async function madeUnder(
  { store }: Dependencies,
  { key }: Asked<unknown, unknown>,
): Promise<string> {
  const held = key && (await findKey(store.pool, key.cause));
  if (!held) throw new Error('bug: a refund was recorded without its key');
  return held.object_id;
}

/** What the app's rules say of the merchant's refunds of this payment. What he gives back of a wallet is the customer's. */
async function termsOf(
  { store }: Dependencies,
  caller: Caller,
  payment: StoredPayment,
): Promise<RefundTerms | null> {
  const method = mainAttempt(payment)?.method;
  if (method === undefined || payment.wallet_id !== null) return null;
  const rules = await rulesInForce(store.pool, caller);
  return refundTermsOf(rules, payingBy(method, payment.details.customer, payment));
}

/** Whoever waits for a channel need not wait for a person. */
function isSettled({ refunds }: StoredPayment, id: string): boolean {
  return refunds.some(
    (one) => one.id === id && (one.status !== 'processing' || awaitsApproval(one)),
  );
}
