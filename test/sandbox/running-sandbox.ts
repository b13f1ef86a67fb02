import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freeRow, sandboxPorts } from '../../src/stack/port.ts';

/** A real sandbox process, seen only through its ports: the tests know the contract, not the code. */
export interface RunningSandbox {
  readonly control: string;
  /** WeChat Pay. */
  readonly channel: string;
  readonly stripe: string;
  readonly alipay: string;
  readonly paypal: string;
  readonly bank: string;
  readonly adyen: string;
  readonly unionpay: string;
  readonly directory: string;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; body: any }>;
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
  /** The same data and ports again. */
  readonly again: () => Promise<RunningSandbox>;
  /** Stops it and removes its data. */
  readonly discard: () => Promise<void>;
}

/** Starts one on free ports with its own data, quick where waiting proves nothing. */
export async function startSandbox(env: Record<string, string> = {}): Promise<RunningSandbox> {
  const settings = {
    SANDBOX_PORT: String(await freeRow(sandboxPorts)),
    DATA_DIR: mkdtempSync(join(tmpdir(), 'holdfast-sandbox-')),
    SANDBOX_REFUND_MS: '300', // of 5,478 local calls at load 20 one in ten took over 100 ms, one in 400 over 400
    SANDBOX_CALLBACK_MS: '20',
    SANDBOX_CALLBACK_SCALE: '0.02', // a first redelivery after 0.3 s
    SANDBOX_REFUND_SPACING_MS: '0',
    LOG_LEVEL: 'warn',
    ...env,
  };
  return launch(settings);
}

async function launch(settings: Record<string, string>): Promise<RunningSandbox> {
  const directory = settings['DATA_DIR']!;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/sandbox/main.ts'], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = await firstLine(child);
  const control = ready.sandbox as string;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    return (await exited)[0] as number | null;
  };
  return {
    control,
    channel: ready.channels['wechat-pay'] as string,
    stripe: ready.channels.stripe as string,
    alipay: ready.channels.alipay as string,
    paypal: ready.channels.paypal as string,
    bank: ready.channels['bank-transfer'] as string,
    adyen: ready.channels.adyen as string,
    unionpay: ready.channels.unionpay as string,
    directory,
    call: async (method, path, body) => {
      const response = await fetch(control + path, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      });
      return { status: response.status, body: await response.json() };
    },
    stop,
    again: () => launch(settings),
    discard: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function firstLine(child: ChildProcess): Promise<any> {
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('\n')) return JSON.parse(text.slice(0, text.indexOf('\n')));
  }
  throw new Error(`the sandbox ended before it was ready: ${text}`);
}
