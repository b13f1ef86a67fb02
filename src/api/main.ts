import { isIPv6 } from 'node:net';

import { Client, Connection } from '@temporalio/client';

import { channelFor, rulesOf } from '../channels/registry.ts';
import { type Config, readConfig } from '../config.ts';
import { secretKeysOf } from '../secret-key.ts';
import { createHealthBoard, keepHealth } from '../store/health-board.ts';
import { createKeyring } from '../store/keyring.ts';
import { createStore } from '../store/store.ts';
import { createWaiting } from '../store/waiting.ts';
import { logger } from '../telemetry.ts';
import { createActor } from './actor.ts';
import { createApp } from './app.ts';
import { createDeliveryStart } from './delivery.ts';
import { createApiServer, drain } from './server.ts';

process.title = 'holdfast api';

/** How long what is in hand at SIGTERM may take: no command takes longer. Below the 15 s of docker-compose.yml. */
const drainMs = 12_000;

/** The API process. */
function main(): void {
  const config = readConfig(process.env);
  const connection = Connection.lazy({ address: config.temporalAddress });
  const client = new Client({ connection, namespace: config.temporalNamespace });
  const store = createStore({
    databaseUrl: config.databaseUrl,
    timing: config.timing,
    rulesOf,
    keyring: createKeyring(secretKeysOf(config)),
    startDelivery: createDeliveryStart(client),
  });
  const waiting = createWaiting(store, config.databaseUrl);
  const health = createHealthBoard(store, config.circuit, (change) =>
    logger.warn(change, 'a circuit has changed'),
  );
  const keeping = keepHealth(health, (error) =>
    logger.warn({ err: error }, 'the health of the channels could not be told'),
  );
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
    health,
    channelFor,
    temporalAnswers,
  });
  const server = createApiServer(app);
  server.once('error', (error: NodeJS.ErrnoException) => {
    process.stderr.write(`${whyNotListening(error, config)}\n`);
    process.exit(1);
  });
  process.stdout.on('error', () => undefined); // whoever read it may be gone, or its disk full
  server.listen(config.port, config.listenAddress, () => {
    process.stdout.write(`${JSON.stringify({ ready: true, api: origin(config) })}\n`);
  });
  const end = async () => {
    waiting.hurry();
    const isDrained = await drain(server, drainMs);
    await keeping.stop();
    if (isDrained) await Promise.allSettled([waiting.close(), store.close(), connection.close()]);
    else logger.warn('somebody still waited for an answer and was cut off');
    process.exit(isDrained ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
}

function whyNotListening(error: NodeJS.ErrnoException, { port, listenAddress }: Config): string {
  if (error.code === 'EADDRINUSE') return `PORT: port ${port} is taken; set another`;
  if (error.code === 'EADDRNOTAVAIL')
    return `LISTEN_ADDRESS: ${listenAddress} is no address of this machine`;
  return error.message;
}

/** Where this machine reaches it; every address is also loopback. */
function origin({ port, listenAddress }: Config): string {
  if (listenAddress === '0.0.0.0' || listenAddress === '::') return `http://127.0.0.1:${port}`;
  return `http://${isIPv6(listenAddress) ? `[${listenAddress}]` : listenAddress}:${port}`;
}

if (process.argv.includes('--help')) {
  process.stdout.write(
    'usage: npm run api\nServes the API on PORT of LISTEN_ADDRESS. Settings: DATABASE_URL, TEMPORAL_ADDRESS, PUBLIC_URL, … (docs/operations.md)\n',
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
