import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';

import { freePort } from '../../src/stack/port.ts';
import { temporalServer } from '../../src/stack/temporal.ts';
import { testServerExecutable } from '../../src/stack/temporal-binary.ts';
import { search } from '../../src/workflows/search.ts';

/** A Temporal of this test file's own. */
export interface Engine {
  readonly address: string;
  readonly client: Client;
  readonly connection: NativeConnection;
  /** What the store's clock is ahead of the machine's. */
  readonly aheadMs: () => Promise<number>;
  /** Lets time pass, with everything that falls due in it. Throws on a server whose time cannot be skipped. */
  readonly skip: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The SDK gives the server 5 s, which a busy machine may not have: three times. */
async function started(path: string, tries = 3): Promise<TestWorkflowEnvironment> {
  const server = { executable: { type: 'existing-path', path } } as const;
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({ server });
  } catch (error) {
    if (tries === 1) throw error;
    return started(path, tries - 1);
  }
}

/**
 * The time-skipping server. One payment at a time: with several, time jumps past the others' activities.
 * It has no visibility and no search attributes to declare.
 */
export async function skippingEngine(): Promise<Engine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-skip-'));
  const path = await testServerExecutable(dataDir);
  const environment = await started(path);
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.values(search).map(({ name, type }) => [name, type === 'INT' ? 3 : 2]),
    ),
  });
  return {
    address: environment.address,
    client: environment.client,
    connection: environment.nativeConnection,
    aheadMs: () => aheadMs(environment),
    skip: (ms) => skip(environment, ms),
    close: async () => {
      await environment.teardown();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * Now and then the server goes on holding its time for an activity that has ended, and a sleep would last as long
 * as it says: when 10 s have brought no jump, one of its locks is taken off. Not sooner: on a loaded machine the sixty
 * questions of a month take longer than that, and a lock that is needed let time jump while one was under way.
 */
async function skip(environment: TestWorkflowEnvironment, ms: number): Promise<void> {
  let before = await aheadMs(environment);
  const release = async () => {
    const now = await aheadMs(environment);
    if (now - before < leastJumpMs)
      await environment.connection.testService?.unlockTimeSkipping({});
    before = now;
  };
  const held = setInterval(() => void release().catch(() => undefined), 10_000);
  await environment.sleep(ms).finally(() => clearInterval(held));
}

/** Anything below is what the machine took to ask for the time: the shortest pause of a schedule is 5 s. */
const leastJumpMs = 3_000;

async function aheadMs(environment: TestWorkflowEnvironment): Promise<number> {
  return (await environment.currentTimeMs()) - Date.now();
}

/** The dev server as the stack starts it: visibility, search attributes, updates remembered after a close. */
export async function realEngine(): Promise<Engine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-temporal-'));
  const [port, uiPort] = [await freePort(), await freePort()];
  const server = await temporalServer({ dataDir, port, uiPort });
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  return {
    address: server.address,
    client: new Client({ connection }),
    connection: native,
    aheadMs: () => Promise.resolve(0),
    skip: () => Promise.reject(new Error('a real server skips no time')),
    close: async () => {
      await native.close();
      await connection.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
