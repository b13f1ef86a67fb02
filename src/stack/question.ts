import { randomUUID } from 'node:crypto';

import type { Actor } from '../api/actor.ts';
import { loadPayment } from '../store/payment-row.ts';
import type { Store } from '../store/store.ts';

const patienceMs = 10_000;

/** Has a payment's actor ask its channel about everything, also when it is final: as `POST …/sync` does, for nobody's key. */
export function createQuestion(
  { pool }: Store,
  actor: Actor,
): (paymentId: string) => Promise<void> {
  return async (paymentId) => {
    const payment = await loadPayment(pool, paymentId);
    if (!payment) return;
    const cause = `bill ${randomUUID()}`;
    await actor.command(payment, { cause, fact: { kind: 'command', command: { name: 'sync' } } }, patienceMs); // prettier-ignore
  };
}
