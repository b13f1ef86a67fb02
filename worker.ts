import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';

import { createBillLook } from './src/activities/bill-look.ts';
import { type ChannelActivities, channelActivities } from './src/activities/channel.ts';
import { createAnswers } from './src/activities/dispute-answer.ts';
import { createFirstTries } from './src/activities/first-try.ts';
import { createKeeper } from './src/activities/kept-method.ts';
import { paymentActivities } from './src/activities/payment.ts';
import { createSetups } from './src/activities/setup.ts';
import { webhookActivities } from './src/activities/webhook.ts';
import { askNameServers } from './src/activities/webhook-target.ts';
import { createTeller } from './src/activities/webhook-try.ts';
import { createActor } from './src/api/actor.ts';
import { createDeliveryStart } from './src/api/delivery.ts';
import { allChannels, channelFor, rulesOf } from './src/channels/registry.ts';
import { readConfig } from './src/config.ts';
import { secretKeysOf } from './src/secret-key.ts';
import { attend } from './src/stack/attendance.ts';
import { workflowBundle } from './src/stack/bundle.ts';
import { createQuestion } from './src/stack/question.ts';
import { installRuntime, unmappedCounter } from './src/stack/runtime.ts';
import { createHealthBoard, keepHealth } from './src/store/health-board.ts';
import { createKeyring } from './src/store/keyring.ts';
import { createStore } from './src/store/store.ts';
import { logger } from './src/telemetry.ts';
import { channelQueue, paymentQueue, webhookQueue } from './src/workflows/messages.ts';

/** The worker process: the actors, one queue of calls per channel, the webhooks, and the loop that wakes whom nobody woke. */
process.title = 'holdfast worker';

const usage =
  'usage: npm run worker\nRuns payments and channel calls. Settings: DATABASE_URL, TEMPORAL_ADDRESS, … (docs/operations.md)';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  installRuntime(config);
  const lazy = Connection.lazy({ address: config.temporalAddress });
  const client = new Client({ connection: lazy, namespace: config.temporalNamespace });
  const store = createStore({
    databaseUrl: config.databaseUrl,
    startDelivery: createDeliveryStart(client),
    tryDelivery: (delivery) => firstTries.tryDelivery(delivery),
    timing: config.timing,
    rulesOf,
    keyring: createKeyring(secretKeysOf(config)),
    connectionsMax: 60, // at least the local activities in flight, or they queue inside their task's timeout
  });
  const webhooks = {
    store,
    schedule: config.webhookSchedule,
    egressAllow: config.egressAllow,
    resolve: askNameServers,
  };
  const teller = createTeller(webhooks);
  const firstTries = createFirstTries(teller);
  const board = createHealthBoard(store, config.circuit, (change) =>
    logger.warn(change, 'a circuit has changed'),
  );
  const calls = channelActivities({
    store,
    channelFor,
    publicUrl: config.publicUrl,
    pollSchedule: config.pollSchedule,
    health: board,
    countUnmapped: unmappedCounter(),
  });
  const bundle = await workflowBundle();
  const connection = await connected(config.temporalAddress);
  const workers = await workersOf({
    connection,
    namespace: config.temporalNamespace,
    workflowBundle: bundle,
    actors: paymentActivities(store),
    calls,
    webhooks: webhookActivities(webhooks, teller),
  });
  const health = keepHealth(board, (error) =>
    logger.warn({ err: error }, 'the health of the channels could not be told'),
  );
  const methods = [
    createKeeper({ store, channelFor }),
    createAnswers({ store, channelFor }),
    createSetups({ store, channelFor, returnUrl: `${config.publicUrl}/return` }),
  ];
  const ask = createQuestion(store, createActor(client));
  const lookAtBills = createBillLook({ store, channels: allChannels(), ask });
  const attendance = attend(store, config, methods, lookAtBills);
  let told = Promise.resolve();
  let isStopping = false;
  const stop = () => {
    if (!isStopping) told = firstTries.stop(15_000); // as long as a call under way may take
    isStopping = true;
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // One that fails takes the others with it: none works on over a closed store.
  const running = workers.map((worker) => worker.run().finally(stop));
  process.stdout.on('error', () => undefined); // whoever read it may be gone, or its disk full
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  await Promise.allSettled(running);
  await told;
  await attendance.stop();
  await health.stop();
  await connection.close();
  await lazy.close();
  await store.close();
  await Promise.all(running); // says why, if one has failed
}

/** What the workers of this process work on, and with what. */
interface Shift {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: WorkflowBundleOption;
  readonly actors: ReturnType<typeof paymentActivities>;
  readonly calls: ChannelActivities;
  readonly webhooks: ReturnType<typeof webhookActivities>;
}

/** The actors, one queue of calls per channel, and the webhooks that were not taken at once. */
async function workersOf(shift: Shift): Promise<Worker[]> {
  const common = {
    connection: shift.connection,
    namespace: shift.namespace,
    shutdownGraceTime: '15s', // a channel call under way may end
    shutdownForceTime: '18s',
  } as const;
  const actors = await Worker.create({
    ...common,
    taskQueue: paymentQueue,
    workflowBundle: shift.workflowBundle,
    activities: shift.actors,
    maxConcurrentLocalActivityExecutions: 40,
    maxCachedWorkflows: 2_000,
    stickyQueueScheduleToStartTimeout: '3s', // a killed worker's payments wait this long for another (10 s by default)
  });
  const callers = await Promise.all(
    allChannels().map((channel) =>
      Worker.create({
        ...common,
        taskQueue: channelQueue(channel.slug),
        activities: shift.calls,
        maxConcurrentActivityTaskExecutions: channel.facts.calls.at_once,
        maxTaskQueueActivitiesPerSecond: channel.facts.calls.per_second,
      }),
    ),
  );
  const tellers = await Worker.create({
    ...common,
    taskQueue: webhookQueue,
    activities: shift.webhooks,
    maxConcurrentActivityTaskExecutions: 1_000, // they wait for receivers: sockets, not work
  });
  return [actors, ...callers, tellers];
}

/** Temporal may still be on its way up: begins no other try after 60 s, but says so. One that is not answered takes 30 s. */
async function connected(address: string): Promise<NativeConnection> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      logger.info({ address }, 'waiting for Temporal');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
else {
  main().then(
    () => process.exit(0), // a socket to a PostgreSQL that is frozen would keep the process alive
    (error: unknown) => {
      logger.fatal({ err: error }, error instanceof Error ? error.message : 'the worker ended');
      process.exit(1); // what was begun would too, and nobody would start another one
    },
  );
}
