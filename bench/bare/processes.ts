import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { answers, type Child, startChild, untilReady } from '../../src/stack/child.ts';
import { freePort, freeRow, sandboxPorts } from '../../src/stack/port.ts';
import type { SeededAccount } from '../database.ts';
import { type Settings, settingsVariable } from './settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the bare side needs of the stack that it runs beside. */
export interface Beside {
  readonly dataDir: string;
  readonly temporalAddress: string;
  readonly accounts: readonly SeededAccount[];
  readonly inboxUrl: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Bare {
  readonly doorUrl: string;
  readonly sandboxUrl: string;
  readonly pids: { readonly client: number; readonly worker: number };
  readonly stop: () => Promise<void>;
}

/** Starts the bare door and worker, and a sandbox of their own, since Stripe's events go to one address. */
export async function startBare(beside: Beside): Promise<Bare> {
  const { dataDir: parent, temporalAddress, inboxUrl } = beside;
  const dataDir = join(parent, 'bare');
  const [sandboxPort, doorPort] = [await freeRow(sandboxPorts), await freePort()];
  const settings: Settings = {
    temporalAddress,
    inboxUrl,
    doorPort,
    accounts: beside.accounts.map((account) => atSandbox(account, sandboxPort)),
  };
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const doorUrl = `http://127.0.0.1:${doorPort}`;
  const started: Child[] = [];
  const start = async (name: string, path: string, env: Record<string, string>): Promise<Child> => {
    const args = ['--import', 'tsx', path];
    const child = await startChild(dataDir, { name, command: process.execPath, args, cwd: root, env: { ...beside.env, ...env } }); // prettier-ignore
    started.push(child);
    return child;
  };
  const told = { [settingsVariable]: JSON.stringify(settings) };
  const sandbox = await start('sandbox', 'src/sandbox/main.ts', {
    DATA_DIR: dataDir,
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_STRIPE_WEBHOOK_URL: `${doorUrl}/callbacks/stripe`,
  });
  const door = await start('door', 'bench/bare/door.ts', told);
  const worker = await start('bare-worker', 'bench/bare/worker.ts', told);
  await untilReady(sandbox, () => answers(`${sandboxUrl}/livez`));
  await untilReady(door, () => answers(`${doorUrl}/livez`));
  return {
    doorUrl,
    sandboxUrl,
    pids: { client: door.pid, worker: worker.pid },
    stop: async () => {
      for (const child of started.reverse()) await child.stop(15_000);
    },
  };
}

const portOffset: Readonly<Record<string, number>> = { 'wechat-pay': 1, stripe: 2 };

function atSandbox(account: SeededAccount, sandboxPort: number): SeededAccount {
  const offset = portOffset[account.channel] ?? 0;
  const base_url = `http://127.0.0.1:${sandboxPort + offset}`;
  return { ...account, settings: { ...account.settings, base_url } };
}
