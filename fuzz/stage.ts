import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { sandboxKeysOf } from '../src/secret-key.ts';
import { freePort, freeRow, sandboxPorts } from '../src/stack/port.ts';
import { readSettings } from '../src/stack/settings.ts';
import { createStack } from '../src/stack/stack.ts';
import type { Supervisor } from '../src/stack/supervisor.ts';
import { createKeyring } from '../src/store/keyring.ts';
import { type Canaries, drawCanaries } from './canary.ts';
import type { Findings } from './finding.ts';
import { type Neighbours, settle } from './neighbour.ts';
import { openReceiver } from './receiver.ts';
import { type Keys, publishedKeys } from './sandbox.ts';
import { Shop } from './shop.ts';
import { Wire } from './wire.ts';

/** What is attacked, and what the attackers hold. */
export interface Stage {
  readonly wire: Wire;
  readonly origin: string;
  readonly sandbox: string;
  /** Where webhooks may go. */
  readonly hook: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly supervisor: Supervisor;
  /** The attacker's own shop. */
  readonly shop: Shop;
  readonly neighbours: Neighbours;
  /** The channels' published test keys. */
  readonly keys: Keys;
  readonly canaries: Canaries;
}

type Say = (line: string) => void;

/** Brings up a stack of its own, works, and ends all of it, whatever happens. */
export async function onStage<T>(
  seed: number,
  findings: Findings,
  say: Say,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-fuzz-'));
  chmodSync(dataDir, 0o755); // else PostgreSQL, which is not root, would keep its data elsewhere, and leave them there
  const undo: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })];
  try {
    return await work(await setUp(seed, dataDir, findings, say, undo));
  } finally {
    say('stopping');
    for (const step of undo.reverse()) await step();
  }
}

async function setUp(
  seed: number,
  dataDir: string,
  findings: Findings,
  say: Say,
  undo: (() => unknown)[],
): Promise<Stage> {
  const receiver = await openReceiver();
  undo.push(receiver.close);
  const settings = readSettings(await environment(dataDir, receiver.address));
  const stack = createStack(settings, say);
  undo.push(stack.stop);
  const { ready, databaseUrl } = await stack.start();
  const wire = new Wire(settings.port, findings);
  undo.push(() => wire.close());
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const keyring = createKeyring(sandboxKeysOf(settings));
  const neighbours = await settle(client, wire, ready.app ?? '', keyring).finally(() => client.end()); // prettier-ignore
  const { api: origin, sandbox } = ready;
  const shop = new Shop(wire, ready.api_key ?? '');
  const keys = await publishedKeys(sandbox);
  const { supervisor } = stack;
  const hook = receiver.url;
  const canaries = drawCanaries(seed);
  return { wire, origin, sandbox, hook, dataDir, databaseUrl, supervisor, shop, neighbours, keys, canaries }; // prettier-ignore
}

async function environment(dataDir: string, hook: string) {
  const port = async () => String(await freePort());
  return {
    ...process.env,
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    DATABASE_URL: '', // its own, whatever is set
    TEMPORAL_ADDRESS: '',
    TEMPORAL_NAMESPACE: 'default',
    PUBLIC_URL: '',
    PORT: await port(),
    SANDBOX_PORT: String(await freeRow(sandboxPorts)),
    SANDBOX_STRIPE_WEBHOOK_URL: '',
    SANDBOX_PAYPAL_WEBHOOK_URL: '',
    SANDBOX_ADYEN_WEBHOOK_URL: '',
    SANDBOX_REFUND_MS: '100000000', // refunds wait for the callbacks that are made here
    TEMPORAL_PORT: await port(),
    TEMPORAL_UI_PORT: await port(),
    POSTGRES_PORT: await port(),
    POLL_SCHEDULE: '86400', // what changes a payment here is what was sent
    NODE_OPTIONS: `--import ${fileURLToPath(new URL('collector.mjs', import.meta.url))}`,
    RATE_LIMIT_PER_SECOND: '1000000',
    EGRESS_ALLOW: hook,
    LOG_LEVEL: 'info',
  };
}
