import { z } from 'zod';

import { toMinor } from '../domain/money.ts';
import { type Withdrawal, withdrawalObject } from '../domain/withdrawal.ts';
import type { StoredPayment } from '../store/payment.ts';
import { loadPayments } from '../store/payment-row.ts';
import { findWithdrawal, listWithdrawals, makeWithdrawal } from '../store/withdrawal.ts';
import { logger } from '../telemetry.ts';
import { listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { amount, listQuery, wait } from './field.ts';
import { keyReused, replayed, required } from './idempotency-key.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';
import { reached } from './timing.ts';
import { ownedWallet } from './wallet.ts';
import { withdrawal as withdrawalAnswer } from './wallet-answer.ts';

const createWithdrawal = z.strictObject({ amount, wait }).openapi('CreateWithdrawal');
type CreateWithdrawal = z.infer<typeof createWithdrawal>;

/** Money out of a wallet, back to where it came from (contract section 1, `po_`; decision 0038). */
export function withdrawalEndpoints(dependencies: Dependencies): Endpoint[] {
  const { store } = dependencies;
  return [
    endpoint({
      method: 'post',
      path: '/v1/wallets/{id}/withdrawals',
      summary: 'Withdraw from a wallet: its newest top-ups are refunded, as far as it takes',
      key: 'required',
      body: createWithdrawal,
      status: 201,
      answers: withdrawalAnswer,
      refusals: ['not_found', 'amount_too_small', 'amount_too_large', 'wallet_balance_too_low', 'withdrawal_exceeds_top_ups'],
      handle: (asked) => create(dependencies, asked),
    }),
    endpoint({
      method: 'get',
      path: '/v1/wallets/{id}/withdrawals',
      summary: 'List a wallet’s withdrawals, newest first',
      key: 'none',
      query: listQuery({}),
      status: 200,
      answers: listOf(withdrawalAnswer),
      refusals: ['not_found'],
      handle: async ({ caller, id, query }) => {
        await ownedWallet(store, caller, id);
        const asked = pageRequest(query);
        const page = await listWithdrawals(store.pool, id, asked);
        return { body: listed(page, asked, withdrawalObject) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/withdrawals/{id}',
      summary: 'Read a withdrawal',
      key: 'none',
      status: 200,
      answers: withdrawalAnswer,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const found = await findWithdrawal(store.pool, caller, id);
        if (!found) throw new Problem('not_found', 'no such withdrawal');
        return { body: withdrawalObject(found) };
      },
    }),
  ];
} // prettier-ignore

/** Records it, wakes the payments that it goes back by, and waits until each refund has settled. */
async function create(
  dependencies: Dependencies,
  asked: Asked<CreateWithdrawal, unknown>,
): Promise<Answer> {
  const { store } = dependencies;
  const { withdrawal, headers } = await made(dependencies, asked);
  const topUps = await loadPayments(store.pool, [...new Set(withdrawal.refunds.map((one) => one.payment_id))]);
  const isReplay = headers === replayed;
  await Promise.all([
    isReplay ? undefined : wake(dependencies, withdrawal, topUps),
    ...topUps.map((topUp) => reached(dependencies, asked.timing, topUp, settled(withdrawal), asked.body.wait * 1_000)),
  ]);
  const after = await findWithdrawal(store.pool, asked.caller, withdrawal.id);
  return {
    body: withdrawalObject(after ?? withdrawal),
    headers: { Location: `/v1/withdrawals/${withdrawal.id}`, ...headers },
  };
} // prettier-ignore

/** The withdrawal that was made or had been, and the mark of a repeat. Throws its refusal, which the key remembers. */
async function made(
  { store }: Dependencies,
  { caller, id, body, key, requestId }: Asked<CreateWithdrawal, unknown>,
): Promise<{ withdrawal: Withdrawal; headers: Readonly<Record<string, string>> }> {
  const wallet = await ownedWallet(store, caller, id);
  const end = await makeWithdrawal(store, caller, wallet, toMinor(body.amount), required(key));
  switch (end.kind) {
    case 'made':
      logger.info({ request_id: requestId, withdrawal_id: end.withdrawal.id }, 'withdrawal made');
      return { withdrawal: end.withdrawal, headers: {} };
    case 'replayed':
      return { withdrawal: end.withdrawal, headers: replayed };
    case 'refused':
      throw new Problem(end.refusal.code, end.refusal.detail, {}, end.isReplayed ? replayed : {});
    case 'key_reused':
      throw keyReused();
    case 'busy':
      throw new Problem('dependency_unavailable', `others have ${id}; repeat with the same key`);
  }
}

/** Temporal away is no error: the refunds are recorded, and the attendance wakes their payments later. */
async function wake(
  { actor, waiting }: Dependencies,
  { id }: Withdrawal,
  topUps: readonly StoredPayment[],
): Promise<void> {
  const waking = topUps.map(async (topUp) => {
    try {
      await actor.post(topUp, { cause: 'attend', fact: { kind: 'attend' } });
    } catch (error) {
      logger.info({ withdrawal_id: id, payment_id: topUp.id, err: error }, 'a top-up was not woken');
    }
  });
  await waiting.unlessHurried(Promise.all(waking));
} // prettier-ignore

function settled({ refunds }: Withdrawal): (topUp: StoredPayment) => boolean {
  const ids = new Set<string>(refunds.map(({ id }) => id));
  return (topUp) =>
    topUp.refunds.every(({ id, status }) => !ids.has(id) || status !== 'processing');
}
