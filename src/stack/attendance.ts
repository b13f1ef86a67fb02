import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';

import { createActor } from '../api/actor.ts';
import type { Config } from '../config.ts';
import type { Message } from '../domain/message.ts';
import { beat, leaseCallbacks, leaseDue, returnLease } from '../store/attendance.ts';
import { leaseDeliveries, returnDeliveries } from '../store/delivery.ts';
import { pruneLimits } from '../store/limit-window.ts';
import { loadPayment } from '../store/payment-row.ts';
import { pruneResets } from '../store/pin-reset.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';

const everyMs = 5_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

/**
 * The loop that heals: wakes payments that nobody has looked at in time, relays callbacks that no run has
 * consumed, starts deliveries that nobody has tried. It mends a crash between insert and start, a Terminate in
 * the UI, a lost Temporal. Once an hour it deletes what limits have counted and resets of a PIN have answered long ago.
 *
 * @param methods attend to what customers have kept, taken back and set up
 * @param lookAtBills looks at the channels' bills that are due, until it is stopped
 */
export function attend(
  store: Store,
  config: Config,
  methods: readonly (() => Promise<void>)[] = [],
  lookAtBills: (stopped: AbortSignal) => Promise<void> = () => Promise.resolve(),
): { stop: () => Promise<void> } {
  const connection = Connection.lazy({ address: config.temporalAddress });
  const actor = createActor(new Client({ connection, namespace: config.temporalNamespace }));
  const identity = `${hostname()} ${process.pid}`;
  const stopped = new AbortController();

  const wake = async (paymentId: string, message: Message): Promise<void> => {
    if (stopped.signal.aborted) return returnLease(store, paymentId); // for the next worker
    const payment = await loadPayment(store.pool, paymentId);
    if (!payment) return;
    try {
      await actor.post(payment, message);
    } catch (error) {
      logger.warn({ payment_id: paymentId, err: error }, 'could not wake the payment; again soon');
      await returnLease(store, paymentId);
    }
  };
  /** Together, since Temporal away would make each of them wait. */
  const startDeliveries = async (): Promise<void> => {
    const due = await leaseDeliveries(store.pool);
    const ends = await Promise.allSettled(due.map((delivery) => store.startDelivery(delivery)));
    const left = due.filter((_, i) => ends[i]?.status === 'rejected');
    if (left.length > 0) await returnDeliveries(store.pool, left);
  };
  const look = async (): Promise<void> => {
    for (const id of await leaseDue(store))
      await wake(id, { cause: 'attend', fact: { kind: 'attend' } });
    for (const { id, payment_id } of await leaseCallbacks(store)) {
      await wake(payment_id, { cause: id, fact: { kind: 'callback', callback: id } });
    }
    await startDeliveries();
  };
  // The heart beats on its own: who looks may wait for Temporal at each payment, and lives all the same.
  const ended = [
    repeat(() => beat(store, identity), 'the worker could not say that it lives', stopped.signal),
    repeat(look, 'attendance could not look', stopped.signal),
    ...methods.map(
      (one) => repeat(one, 'saved methods could not be attended to', stopped.signal, 1_000), // the payer is still there
    ),
    repeat(
      () => lookAtBills(stopped.signal),
      'bills could not be looked at',
      stopped.signal,
      minuteMs,
    ),
    repeat(
      () => pruneLimits(store.pool, stopped.signal),
      'what limits counted long ago could not be deleted',
      stopped.signal,
      hourMs,
    ),
    repeat(
      () => pruneResets(store.pool),
      'the codes of old resets of a PIN could not be deleted',
      stopped.signal,
      hourMs,
    ),
  ];
  return {
    stop: async () => {
      stopped.abort();
      await Promise.all(ended);
      await connection.close();
    },
  };
}

/** Does it now and every `pauseMs`, never twice at a time; ends after the one under way once it is `stopped`. */
async function repeat(
  act: () => Promise<void>,
  failed: string,
  stopped: AbortSignal,
  pauseMs = everyMs,
): Promise<void> {
  while (!stopped.aborted) {
    const next = Date.now() + pauseMs;
    await act().catch((error: unknown) => logger.warn({ err: error }, failed));
    const rest = Math.max(0, next - Date.now());
    await pause(rest, undefined, { signal: stopped }).catch(() => undefined);
  }
}
