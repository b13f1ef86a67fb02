import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';

import { startChild, untilReady } from '../src/stack/child.ts';
import { freePort } from '../src/stack/port.ts';
import { embeddedPostgres } from '../src/stack/postgres.ts';
import { makeSchema, writeServerConfig } from './engine-config.ts';
import { temporalPrograms } from './temporal-build.ts';

/** The Temporal server under both sides. */
export interface Engine {
  readonly name: string;
  /** Where it listens; undefined: the stack starts its own dev server. */
  readonly address: string | undefined;
  readonly pids: (() => readonly number[]) | undefined;
  readonly stop: () => Promise<void>;
}

/** What a step back from a half-made engine is. */
type Undo = (() => Promise<void>)[];
type Say = (line: string) => void;

/** The stack's own dev server, or a full server over a PostgreSQL of its own. Throws when it cannot be had here. */
export async function startEngine(
  kind: 'dev' | 'postgres',
  dataDir: string,
  say: Say,
): Promise<Engine> {
  if (kind === 'dev')
    return { name: 'dev', address: undefined, pids: undefined, stop: () => Promise.resolve() };
  const undo: Undo = [];
  const stop = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    return { ...(await startServer(join(dataDir, 'engine'), say, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServer(dataDir: string, say: Say, undo: Undo): Promise<Omit<Engine, 'stop'>> {
  const programs = await temporalPrograms(say);
  mkdirSync(dataDir, { recursive: true });
  const postgres = await embeddedPostgres({ dataDir });
  undo.push(postgres.stop);
  await makeSchema(programs.sqlTool, new URL(postgres.url));
  say('✔ PostgreSQL with the schema of Temporal');
  const port = await freePort();
  const config = await writeServerConfig(dataDir, new URL(postgres.url), port);
  const args = ['--config-file', config, '--allow-no-auth', 'start'];
  const server = await startChild(dataDir, { name: 'temporal', command: programs.server, args });
  undo.push(() => server.stop(8_000));
  const address = `127.0.0.1:${port}`;
  await untilReady(server, () => hasNamespace(address));
  say('✔ Temporal over PostgreSQL');
  const pids = () => [server.pid, postgres.child.pid];
  return { name: 'postgres', address, pids };
}

/** Makes the namespace; true once the server knows it, some seconds later. */
async function hasNamespace(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  const { workflowService } = connection;
  const namespace = 'default';
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
  try {
    return await connection.withDeadline(Date.now() + 3_000, async () => {
      const made = { namespace, workflowExecutionRetentionPeriod };
      await workflowService.registerNamespace(made).catch(() => undefined); // it may be there already
      await workflowService.listWorkflowExecutions({ namespace });
      return true;
    });
  } finally {
    await connection.close();
  }
}
