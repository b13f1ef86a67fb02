import { createServer } from 'node:http';

import { Client, Connection } from '@temporalio/client';

import { channelFor } from '../channels/registry.ts';
import { readConfig } from '../config.ts';
import { createStore } from '../store/store.ts';
import { createWaiting } from '../store/waiting.ts';
import { logger } from '../telemetry.ts';
import { createActor } from './actor.ts';
import { createApp } from './app.ts';

process.title = 'holdfast api';

/** The API process. */
function main(): void {
  const config = readConfig(process.env);
  const store = createStore({
    databaseUrl: config.databaseUrl,
    timing: config.timing,
    refundSpacingMs: (slug) => channelFor(slug)?.facts.refund_spacing_ms ?? 0,
  });
  const connection = Connection.lazy({ address: config.temporalAddress });
  const client = new Client({ connection, namespace: config.temporalNamespace });
  const waiting = createWaiting(store, config.databaseUrl);
  const temporalAnswers = () =>
    connection.withDeadline(Date.now() + 2_000, async () => {
      await connection.workflowService.getSystemInfo({});
      return true;
    });
  const app = createApp({
    store,
    waiting,
    actor: createActor(client),
    config,
    channelFor,
    temporalAnswers,
  });
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 15_000, maxHeaderSize: 16_384 },
    app,
  );
  server.once('error', (error: NodeJS.ErrnoException) => {
    const line =
      error.code === 'EADDRINUSE'
        ? `PORT: port ${config.port} is taken; set another`
        : error.message;
    process.stderr.write(`${line}\n`);
    process.exit(1);
  });
  server.listen(config.port, '127.0.0.1', () => {
    process.stdout.write(
      `${JSON.stringify({ ready: true, api: `http://127.0.0.1:${config.port}` })}\n`,
    );
  });
  const drain = () => {
    setTimeout(() => process.exit(0), 10_000).unref();
    server.close(() => {
      void Promise.allSettled([waiting.close(), store.close(), connection.close()]).then(() =>
        process.exit(0),
      );
    });
    server.closeIdleConnections();
  };
  process.once('SIGTERM', drain);
  process.once('SIGINT', drain);
}

if (process.argv.includes('--help')) {
  process.stdout.write(
    'usage: npm run api\nServes the API on PORT. Settings: DATABASE_URL, TEMPORAL_ADDRESS, PUBLIC_URL, … (README)\n',
  );
} else {
  try {
    main();
  } catch (error) {
    logger.fatal(
      { err: error },
      error instanceof Error ? error.message : 'the API could not start',
    );
    process.exit(1); // what was begun would keep the process alive
  }
}
