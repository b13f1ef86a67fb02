import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

import { search } from '../workflows/search.ts';
import { type Child, type ChildCommand, startChild, untilReady } from './child.ts';
import { temporalExecutable } from './temporal-binary.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const attributes = Object.values(search).map(({ name, type }) => ({
  name,
  type: type === 'INT' ? 'Int' : 'Keyword',
}));

export interface TemporalServer {
  readonly address: string;
  readonly uiUrl: string;
  readonly child: Child;
  readonly stop: () => Promise<void>;
}

interface TemporalOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly uiPort: number;
  readonly say?: (line: string) => void;
  /** How to start a process: a supervisor's `spawn`, else one that nobody looks after. */
  readonly spawn?: (command: ChildCommand) => Promise<Child>;
  /** Gives up the search for a Temporal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts the dev server over DATA_DIR/temporal. Its defaults are for evaluation: one shard whose queues are
 * read 20 times a second (50 ms per hand-over), and a rollback journal. WAL with synchronous=FULL is as durable
 * and 1.6 times as fast; the raised poll rates took a first answer from 100 to 42 ms (temporal.md). A worker that ends
 * has its polls ended by the server: broken off, one may take a task with it, which then waits 10 s for its timeout.
 */
export async function temporalServer({
  dataDir,
  port,
  uiPort,
  say,
  spawn = (command) => startChild(dataDir, command),
  signal,
}: TemporalOptions): Promise<TemporalServer> {
  const command = await temporalExecutable(dataDir, say, signal);
  mkdirSync(join(dataDir, 'temporal'), { recursive: true });
  const child = await spawn({ name: 'temporal', command, args: args(dataDir, port, uiPort) });
  const address = `127.0.0.1:${port}`;
  await untilReady(child, () => prepare(address));
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, child, stop: () => child.stop(6_000) };
}

function args(dataDir: string, port: number, uiPort: number): string[] {
  const dynamic = {
    'history.transferProcessorMaxPollRPS': 2_000,
    'history.timerProcessorMaxPollRPS': 2_000,
    'history.visibilityProcessorMaxPollRPS': 500,
    'frontend.enableCancelWorkerPollsOnShutdown': true,
  };
  const pragmas = { journal_mode: 'WAL', synchronous: 'FULL', busy_timeout: '10000' };
  return [
    'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort), '--ui-disable-news-fetch',
    '--log-level', 'error', '--db-filename', join(dataDir, 'temporal', 'temporal.db'),
    ...Object.entries(pragmas).flatMap(([name, value]) => ['--sqlite-pragma', `${name}=${value}`]),
    ...Object.entries(dynamic).flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]),
    ...attributes.flatMap(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
  ]; // prettier-ignore
}

/** Keeps closed runs 30 days instead of one. True once the server takes calls. */
async function prepare(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.updateNamespace({
        namespace: 'default',
        config: { workflowExecutionRetentionTtl: { seconds: (30 * 24 * 3_600) as never } },
      }),
    );
    return true;
  } finally {
    await connection.close();
  }
}

/** True when a Temporal answers at this address. */
export async function temporalAnswers(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + 5_000, () =>
      connection.workflowService.getSystemInfo({}),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** Registers our search attributes on a server that was given to us; says what it may not. */
export async function registerSearchAttributes(
  address: string,
  namespace: string,
  say: (line: string) => void,
): Promise<void> {
  const connection = Connection.lazy({ address });
  try {
    const wanted = attributes.map(({ name, type }) => [
      name,
      type === 'Int'
        ? IndexedValueType.INDEXED_VALUE_TYPE_INT
        : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    ]);
    await connection.withDeadline(Date.now() + 10_000, async () => {
      const known = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = wanted.filter(([name]) => !(String(name) in known.customAttributes));
      if (missing.length === 0) return;
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing) as never,
      });
    });
  } catch (error) {
    say(
      `search attributes could not be registered at ${address}: ${error instanceof Error ? error.message : ''}`,
    );
  } finally {
    await connection.close();
  }
}
