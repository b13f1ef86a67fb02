import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RawCallback } from '../../src/channels/callback.ts';
import type { Channel } from '../../src/channels/channel.ts';
import { freeRow, sandboxPorts } from '../../src/stack/port.ts';

/** A callback as it came, and under which account's address. */
export interface Heard extends RawCallback {
  readonly account: string;
}

type Accepted = Channel['facts']['verdicts']['accepted'];

/** The channels' other side as a process of its own, known only by its contract (section 7), and an ear for callbacks. */
export interface Sandbox {
  /** Base address of the channel. */
  readonly channelUrl: string;
  /** The channel's published keys. */
  readonly keys: any;
  readonly notifyUrl: string;
  readonly callbacks: Heard[];
  readonly control: (
    method: string,
    path: string,
    body?: object,
  ) => Promise<{ status: number; body: any }>;
  readonly close: () => Promise<void>;
}

/** Starts one for this channel on free ports, quick where waiting proves nothing; its callbacks are answered with `accepted`. */
export async function openSandbox(
  slug: string,
  settings: Record<string, string> = {},
  accepted: Accepted = { status: 204, body: null },
): Promise<Sandbox> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-channel-'));
  const callbacks: Heard[] = [];
  const ear = await listen(callbacks, accepted);
  const { port } = ear.address() as AddressInfo;
  const callbackUrl = `http://127.0.0.1:${port}/v1/callbacks/${slug}`;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/sandbox/main.ts'], {
    env: {
      ...process.env,
      SANDBOX_PORT: String(await freeRow(sandboxPorts)),
      SANDBOX_STRIPE_WEBHOOK_URL: `${callbackUrl}/registered`, // these are told no address per order
      SANDBOX_PAYPAL_WEBHOOK_URL: `${callbackUrl}/registered`,
      SANDBOX_ADYEN_WEBHOOK_URL: `${callbackUrl}/registered`,
      DATA_DIR: directory,
      SANDBOX_REFUND_MS: '100',
      SANDBOX_REFUND_SPACING_MS: '0',
      LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = await firstLine(child);
  const control: Sandbox['control'] = async (method, path, body) => {
    // A socket that is kept is closed after 5 s: a test that computes for longer would not notice, and call upon a dead one.
    const headers = { 'Content-Type': 'application/json', Connection: 'close' };
    const given = { headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(`${ready.sandbox}/control/${path}`, { method, ...given });
    return { status: response.status, body: await response.json() };
  };
  const keys = (await control('GET', 'keys')).body[slug];
  return {
    channelUrl: ready.channels[slug],
    keys,
    notifyUrl: `${callbackUrl}/${keys.channel_account}`,
    callbacks,
    control,
    close: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      ear.close();
      ear.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function listen(callbacks: Heard[], { status, body }: Accepted): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const account = (request.url ?? '').split('/').at(-1) ?? '';
      callbacks.push({ account, headers, body: Buffer.concat(chunks) });
      response.writeHead(status).end(body ?? undefined);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function firstLine(child: ChildProcess): Promise<any> {
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('\n')) return JSON.parse(text.slice(0, text.indexOf('\n')));
  }
  throw new Error('the sandbox ended before it was ready');
}
