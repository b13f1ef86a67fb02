import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

import type { Engine } from './engine.ts';

const quiet = (): void => undefined;
Runtime.install({
  telemetryOptions: { logging: { filter: 'ERROR' } },
  logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
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
