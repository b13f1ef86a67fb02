import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { channelActivities } from './src/activities/channel.ts';
import { paymentActivities } from './src/activities/payment.ts';
import { allChannels, channelFor } from './src/channels/registry.ts';
import { readConfig } from './src/config.ts';
import { attend } from './src/stack/attendance.ts';
import { workflowBundle } from './src/stack/bundle.ts';
import { createStore } from './src/store/store.ts';
import { logger } from './src/telemetry.ts';
import { channelQueue, paymentQueue } from './src/workflows/messages.ts';

/** The worker process: the actors, one queue of calls per channel, and the loop that wakes whom nobody woke. */
process.title = 'holdfast worker';

const usage =
  'usage: npm run worker\nRuns payments and channel calls. Settings: DATABASE_URL, TEMPORAL_ADDRESS, … (README)';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  Runtime.install({ shutdownSignals: [], logger: temporalLogger() });
  const store = createStore({
    databaseUrl: config.databaseUrl,
    timing: config.timing,
    refundSpacingMs: (slug) => channelFor(slug)?.facts.refund_spacing_ms ?? 0,
    connectionsMax: 60, // at least the local activities in flight, or they queue inside their task's timeout
  });
  const bundle = await workflowBundle();
  const connection = await connected(config.temporalAddress);
  const common = {
    connection,
    namespace: config.temporalNamespace,
    shutdownGraceTime: '15s', // a channel call under way may end
    shutdownForceTime: '18s',
  } as const;
  const actors = await Worker.create({
    ...common,
    taskQueue: paymentQueue,
    workflowBundle: bundle,
    activities: paymentActivities(store),
    maxConcurrentLocalActivityExecutions: 40,
    maxCachedWorkflows: 2_000,
    stickyQueueScheduleToStartTimeout: '3s', // a killed worker's payments wait this long for another (10 s by default)
  });
  const calls = channelActivities({
    store,
    channelFor,
    publicUrl: config.publicUrl,
    pollSchedule: config.pollSchedule,
  });
  const callers = await Promise.all(
    allChannels().map((channel) =>
      Worker.create({ ...common, taskQueue: channelQueue(channel.slug), activities: calls, maxConcurrentActivityTaskExecutions: 100 }),
    ),
  ); // prettier-ignore
  const workers = [actors, ...callers];
  const attendance = attend(store, config);
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // One that fails takes the others with it: none works on over a closed store.
  const running = workers.map((worker) => worker.run().finally(stop));
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  await Promise.allSettled(running);
  await attendance.stop();
  await connection.close();
  await store.close();
  await Promise.all(running); // says why, if one has failed
}

/** Temporal may still be on its way up: tries for 60 s, then says so. */
async function connected(address: string): Promise<NativeConnection> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      if (tries >= 60) throw error;
      logger.info({ address }, 'waiting for Temporal');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

function temporalLogger() {
  const say = (
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
    message: string,
    meta?: object,
  ) => {
    logger[level](meta ?? {}, message);
  };
  return {
    log: (level: string, message: string, meta?: object) =>
      say(level.toLowerCase() as 'info', message, meta),
    trace: (message: string, meta?: object) => say('trace', message, meta),
    debug: (message: string, meta?: object) => say('debug', message, meta),
    info: (message: string, meta?: object) => say('info', message, meta),
    warn: (message: string, meta?: object) => say('warn', message, meta),
    error: (message: string, meta?: object) => say('error', message, meta),
  };
}

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
else {
  main().catch((error: unknown) => {
    logger.fatal({ err: error }, error instanceof Error ? error.message : 'the worker ended');
    process.exitCode = 1;
  });
}
