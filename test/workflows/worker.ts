import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

import type { Engine } from './engine.ts';

/**
 * How often the time-skipping server refused a workflow task by a fault of its own: it has forgotten an activity that ended
 * while its cancellation was on the way, and every answer that cancels it is FAILED_PRECONDITION for ever. The real server
 * takes it.
 */
export const refusals = { count: 0 };

const hear = (...said: unknown[]): void => {
  if (JSON.stringify(said).includes('ACTIVITY_UNKNOWN')) refusals.count += 1;
};
const quiet = (): void => undefined;
Runtime.install({
  telemetryOptions: { logging: { filter: 'temporalio_sdk_core=WARN', forward: {} } },
  logger: { log: hear, trace: quiet, debug: quiet, info: quiet, warn: hear, error: quiet },
});

/** A worker that runs, until it is stopped. */
export interface Running {
  readonly stop: () => Promise<void>;
}

/** Starts one. An activity that a test left hanging is dropped after 5 s: it must not hang the tests. */
export async function startWorker(engine: Engine, options: WorkerOptions): Promise<Running> {
  const { connection } = engine;
  const worker = await Worker.create({ connection, shutdownForceTime: '5s', ...options });
  const ended = worker.run();
  return {
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
