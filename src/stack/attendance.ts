import { hostname } from 'node:os';

import { Client, Connection } from '@temporalio/client';

import { createActor } from '../api/actor.ts';
import type { Config } from '../config.ts';
import { beat, leaseCallbacks, leaseDue, returnLease } from '../store/attendance.ts';
import { loadPayment } from '../store/payment-row.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import type { Message } from '../workflows/messages.ts';

const everyMs = 5_000;

/**
 * The loop that heals: wakes payments that nobody has looked at in time and relays callbacks that no run
 * has consumed. It mends a crash between insert and start, a Terminate in the UI, a lost Temporal.
 */
export function attend(store: Store, config: Config): { stop: () => Promise<void> } {
  const connection = Connection.lazy({ address: config.temporalAddress });
  const actor = createActor(new Client({ connection, namespace: config.temporalNamespace }));
  const identity = `${hostname()} ${process.pid}`;
  let stopped = false;
  let round: Promise<void> = Promise.resolve();

  const wake = async (paymentId: string, message: Message): Promise<void> => {
    const payment = await loadPayment(store.pool, paymentId);
    if (!payment) return;
    try {
      await actor.post(payment, message);
    } catch (error) {
      logger.warn({ payment_id: paymentId, err: error }, 'could not wake the payment; again soon');
      await returnLease(store, paymentId);
    }
  };
  const look = async (): Promise<void> => {
    await beat(store, identity);
    for (const id of await leaseDue(store))
      await wake(id, { cause: 'attend', fact: { kind: 'attend' } });
    for (const { id, payment_id } of await leaseCallbacks(store)) {
      await wake(payment_id, { cause: id, fact: { kind: 'callback', callback: id } });
    }
  };
  const turn = (): void => {
    round = look().catch((error: unknown) => {
      logger.warn({ err: error }, 'attendance could not look');
    });
  };
  turn();
  const timer = setInterval(() => {
    if (!stopped) void round.then(turn);
  }, everyMs);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await round;
      await connection.close();
    },
  };
}
