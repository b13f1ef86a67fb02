import { fileURLToPath } from 'node:url';

import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { bareActivities } from './activities.ts';
import { bareQueue } from './order.ts';
import { readSettings } from './settings.ts';

/** The worker of the bare workflow: the counterpart of `npm run worker`. */
process.title = 'holdfast bench bare worker';
Runtime.install({ shutdownSignals: ['SIGTERM', 'SIGINT'] });
const settings = readSettings();
const connection = await NativeConnection.connect({ address: settings.temporalAddress });
const worker = await Worker.create({
  connection,
  taskQueue: bareQueue,
  workflowsPath: fileURLToPath(new URL('workflow.ts', import.meta.url)),
  activities: bareActivities(settings),
  maxCachedWorkflows: 2_000,
});
await worker.run();
await connection.close();
