import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';

import { sandboxKeysOf } from '../src/secret-key.ts';
import { freePort, freeRow, sandboxPorts } from '../src/stack/port.ts';
import { readSettings } from '../src/stack/settings.ts';
import { createStack } from '../src/stack/stack.ts';
import { createKeyring } from '../src/store/keyring.ts';
import type { Arguments } from './arguments.ts';
import { type Bare, startBare } from './bare/processes.ts';
import type { Kinds } from './cpu.ts';
import { connect, seededAccounts } from './database.ts';
import { startEngine } from './engine.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { post } from './post.ts';
import { bareSide, begin, productSide, type Side } from './side.ts';

/** Everything that a bench needs, up. */
export interface Stage {
  readonly product: Side;
  readonly bare: Side;
  readonly inbox: Inbox;
  readonly client: Client;
  readonly database: pg.Client;
  readonly kinds: { readonly product: Kinds; readonly bare: Kinds };
  readonly engine: string;
  readonly sandbox: string;
  /** Begins a card payment through the product and waits for nothing of it. */
  readonly beginCard: () => Promise<unknown>;
}

type Say = (line: string) => void;

/** Brings up a stack of its own and the bare side beside it, works, and ends all of it, whatever happens. */
export async function onStage<T>(
  given: Arguments,
  say: Say,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  chmodSync(dataDir, 0o755); // else PostgreSQL, which is not root, would keep its data elsewhere, and leave them there
  const undo: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })];
  try {
    return await work(await setUp(given, dataDir, say, undo));
  } finally {
    say('stopping');
    for (const step of undo.reverse()) await step();
  }
}

async function setUp(
  given: Arguments,
  dataDir: string,
  say: Say,
  undo: (() => unknown)[],
): Promise<Stage> {
  const inbox = await openInbox();
  undo.push(inbox.close);
  const engine = await startEngine(given.engine, dataDir, say);
  undo.push(engine.stop);
  const env = await environment(dataDir, given, inbox, engine.address);
  const settings = readSettings(env);
  const stack = createStack(settings, say);
  undo.push(stack.stop);
  const { ready, databaseUrl } = await stack.start();
  const database = await connect(databaseUrl);
  undo.push(() => database.end());
  const temporalAddress = engine.address ?? `127.0.0.1:${settings.temporalPort}`;
  const connection = await Connection.connect({ address: temporalAddress });
  undo.push(() => connection.close());
  const accounts = await seededAccounts(database, createKeyring(sandboxKeysOf(settings)));
  const bare = await startBare({ dataDir, temporalAddress, accounts, inboxUrl: inbox.url, env });
  undo.push(bare.stop);
  const apiKey = ready.api_key ?? '';
  await subscribe(ready.api, apiKey, inbox);
  const { pids } = stack.supervisor;
  const temporal = engine.pids ?? (() => pids('temporal'));
  return {
    inbox,
    client: new Client({ connection }),
    database,
    engine: engine.name,
    sandbox: ready.sandbox,
    beginCard: () => begin({ api: ready.api, apiKey }, 'card', { wait: 0 }),
    product: productSide({ api: ready.api, apiKey, sandbox: ready.sandbox }),
    bare: bareSide({ door: bare.doorUrl, sandbox: bare.sandboxUrl }),
    kinds: {
      product: {
        api: () => pids('api'),
        worker: () => pids('worker'),
        temporal,
        postgres: () => pids('postgres'),
      },
      bare: { ...ofBare(bare), temporal },
    },
  };
}

function ofBare({ pids }: Bare): Kinds {
  return { client: () => [pids.client], worker: () => [pids.worker] };
}

async function environment(dataDir: string, given: Arguments, inbox: Inbox, temporal?: string) {
  return {
    ...process.env,
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    DATABASE_URL: '', // its own, whatever is set
    TEMPORAL_ADDRESS: temporal ?? '',
    TEMPORAL_NAMESPACE: 'default',
    PUBLIC_URL: '',
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freeRow(sandboxPorts)),
    SANDBOX_STRIPE_WEBHOOK_URL: '',
    SANDBOX_CALLBACK_MS: '20', // as in the peers' measurements
    TEMPORAL_PORT: String(await freePort()),
    TEMPORAL_UI_PORT: String(await freePort()),
    POSTGRES_PORT: String(await freePort()),
    RATE_LIMIT_PER_SECOND: '1000000',
    CHANNEL_TIMEOUT_MS: '20000', // a slow channel answers after 10 s: it is slow, not away
    EGRESS_ALLOW: `127.0.0.1:${inbox.port}`,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
    ...(given.profile ? profiled(resolve(given.profile)) : {}),
  };
}

function profiled(folder: string) {
  const first = fileURLToPath(new URL('profile.mjs', import.meta.url));
  return { NODE_OPTIONS: `--import ${first}`, HOLDFAST_BENCH_PROFILE: folder };
}

/** One webhook a payment: the notice that it succeeded. */
async function subscribe(api: string, apiKey: string, inbox: Inbox): Promise<void> {
  const headers = { Authorization: `Bearer ${apiKey}`, 'Idempotency-Key': 'bench' };
  const endpoint = { url: inbox.url, events: ['payment.succeeded'] };
  await post(`${api}/v1/webhook_endpoints`, endpoint, headers);
}
