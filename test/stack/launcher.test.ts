import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { freePort, freeRow, isFree, sandboxPorts } from '../../src/stack/port.ts';
import { temporalExecutable } from '../../src/stack/temporal-binary.ts';
import {
  launch,
  type Launched,
  newDataDir,
  ownEnvironment,
  removeDataDir,
  startProgram,
} from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kinds = ['api', 'worker', 'sandbox', 'temporal', 'postgres'] as const;
const stopWithinMs = 20_000;

let stack: Launched;
let merchant: Merchant;

const patienceMs = 120_000; // a loaded machine takes its time to boot

beforeAll(async () => {
  stack = await launch(); // below a folder that only its owner can enter, as mkdtemp makes it
  merchant = new Merchant(stack.ready);
}, patienceMs);
afterAll(() => stack.remove());

async function until(isSo: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not so in ${ms} ms: ${isSo.toString()}`);
    await pause(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    return (
      execFileSync('ps', ['-o', 'stat=', '-p', String(pid)])
        .toString()
        .trim()[0] !== 'Z'
    );
  } catch {
    return false;
  }
}

const pidsOf = ({ ready }: Launched): number[] =>
  Object.values(ready.pids).flatMap((pids: number | number[] | null) => pids ?? []);

/** Who lives now, as the launcher itself keeps it. */
function census(dataDir: string): Record<string, number> {
  const text = readFileSync(join(dataDir, 'stack.json'), 'utf8');
  const entries = JSON.parse(text) as { name: string; pid: number }[];
  return Object.fromEntries(entries.map(({ name, pid }) => [name, pid]));
}

const isReady = (launched: Launched) => async (): Promise<boolean> => {
  const { api, sandbox } = launched.ready;
  const answers = await Promise.allSettled([fetch(`${api}/readyz`), fetch(`${sandbox}/livez`)]);
  return answers.every((answer) => answer.status === 'fulfilled' && answer.value.ok);
};

async function paysOnce(shop: Merchant): Promise<any> {
  const { body } = await shop.create();
  const open = await shop.until(body.id, ({ status }) => status === 'requires_action');
  return paid(shop, open);
}

async function paid(shop: Merchant, open: any): Promise<any> {
  expect((await shop.payer(open, 'pay')).status).toBe(200);
  const ended = await shop.until(open.id, ({ status }) => status === 'succeeded', 60_000);
  expect(await shop.books(ended)).toMatchObject({ paid_count: 1, captured: ended.amount });
  return ended;
}

/** Everything has ended within the promised time. */
async function endedInTime(program: Launched, end: Promise<number | null>): Promise<void> {
  const began = Date.now();
  expect(await end).toBe(0);
  expect(Date.now() - began).toBeLessThan(stopWithinMs);
  expect(pidsOf(program).filter(isAlive)).toEqual([]);
}

async function restart(): Promise<void> {
  stack = await launch(stack.env, stack.dataDir);
  merchant = new Merchant(stack.ready);
}

describe('npm start', () => {
  test('prints one line with exactly what the contract names', () => {
    const { ready, env } = stack;
    expect(ready).toEqual({
      ready: true,
      api: `http://127.0.0.1:${env['PORT']}`,
      sandbox: `http://127.0.0.1:${env['SANDBOX_PORT']}`,
      temporal_ui: `http://127.0.0.1:${env['TEMPORAL_UI_PORT']}`,
      api_key: expect.stringMatching(/^sk_test_/),
      merchant: expect.stringMatching(/^mer_/),
      app: expect.stringMatching(/^app_/),
      pids: {
        api: [expect.any(Number)],
        worker: [expect.any(Number)],
        sandbox: expect.any(Number),
        temporal: expect.any(Number),
        postgres: expect.any(Number),
      },
    });
  });

  test('keeps the key in a file that only its owner can read', () => {
    const file = join(stack.dataDir, 'api_key');
    expect(readFileSync(file, 'utf8').trim()).toBe(stack.ready.api_key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each(kinds)('has a process of its own whose title says %s', (kind) => {
    const pids = [stack.ready.pids[kind]].flat();
    for (const pid of pids)
      expect(execFileSync('ps', ['-o', 'args=', '-p', String(pid)]).toString()).toContain(kind);
    expect(new Set(pidsOf(stack)).size).toBe(kinds.length);
  });

  test('serves the Temporal UI', async () => {
    expect((await fetch(stack.ready.temporal_ui)).status).toBe(200);
  });

  test('is refused in one line when a stack runs in this DATA_DIR', async () => {
    const second = startProgram('src/stack/start.ts', stack.env);
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toBe(
      `DATA_DIR: ${stack.dataDir} belongs to a stack that runs already (launcher ${stack.launcher.pid})\n`,
    );
    expect(await isReady(stack)()).toBe(true);
  });

  test('names every port that is taken, and starts nothing', async () => {
    const dataDir = newDataDir();
    const second = startProgram('src/stack/start.ts', { ...stack.env, DATA_DIR: dataDir });
    expect(await second.ended).toBe(1);
    const names = second.stderr().trim().split('\n').map((line) => line.split(/[: ]/)[0]); // prettier-ignore
    expect(names).toEqual(['PORT', 'SANDBOX_PORT', 'SANDBOX_WECHAT_PAY_PORT', 'SANDBOX_STRIPE_PORT', 'SANDBOX_ALIPAY_PORT', 'SANDBOX_PAYPAL_PORT', 'SANDBOX_BANK_TRANSFER_PORT', 'SANDBOX_ADYEN_PORT', 'SANDBOX_UNIONPAY_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'POSTGRES_PORT']); // prettier-ignore
    expect(existsSync(join(dataDir, 'logs'))).toBe(false);
    removeDataDir(dataDir);
  });

  test.each([
    ['PORT', 'eighty', "PORT must be a port number, not 'eighty'"],
    [
      'DATA_DIR',
      '/dev/null/data',
      'DATA_DIR: /dev/null/data is no folder that can be written (ENOTDIR)',
    ],
    ['DATABASE_URL', 'postgres://127.0.0.1:1/none', 'DATABASE_URL: no PostgreSQL answers there'],
    ['TEMPORAL_ADDRESS', '127.0.0.1:1', 'TEMPORAL_ADDRESS: no Temporal answers at 127.0.0.1:1'],
    ['SANDBOX_REFUND_MS', 'soon', 'sandbox ended (exit 1): SANDBOX_REFUND_MS must be a number'],
  ])('with %s=%s is refused with a line that says so', async (name, value, line) => {
    const dataDir = newDataDir();
    const env = { ...(await ownEnvironment(dataDir)), [name]: value };
    const refused = startProgram('src/stack/start.ts', env);
    expect(await refused.ended).toBe(1);
    expect(refused.stdout()).toBe('');
    const said = refused.stderr().trim().split('\n').filter((one) => !one.startsWith('✔')); // prettier-ignore
    expect(said).toEqual([expect.stringContaining(line)]);
    expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
    removeDataDir(dataDir);
  });

  test('that is asked to stop while it boots ends what it had started', async () => {
    const dataDir = newDataDir();
    const env = await ownEnvironment(dataDir);
    const booting = startProgram('src/stack/start.ts', env);
    await until(
      () => existsSync(join(dataDir, 'stack.json')) && Object.keys(census(dataDir)).length > 2,
    );
    const started = Object.entries(census(dataDir)).filter(([name]) => name !== 'launcher');
    booting.child.kill('SIGINT');
    expect(await booting.ended).toBe(0);
    expect(booting.stdout()).toBe('');
    expect(started.filter(([, pid]) => isAlive(pid))).toEqual([]);
    expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
    removeDataDir(dataDir);
  });
});

describe('the commands beside a stack', () => {
  const run = async (path: string, ...args: string[]) => {
    const program = startProgram(path, stack.env, { args });
    return { code: await program.ended, ...{ out: program.stdout(), err: program.stderr() } };
  };

  test('make a merchant whose key sees no payment of others', async () => {
    const { code, out } = await run('src/stack/merchant.ts', 'create', '--name', 'Other', '--json');
    expect(code).toBe(0);
    const made = JSON.parse(out) as { merchant: string; app: string; api_key: string };
    expect(Object.keys(made)).toEqual(['merchant', 'app', 'api_key']);
    const { id } = await paysOnce(merchant);
    const other = new Merchant({ ...stack.ready, api_key: made.api_key });
    expect((await other.call('GET', `/v1/payments/${id}`)).status).toBe(404);
    expect((await other.create()).status).toBe(201);
  });

  test('add up the ledger', async () => {
    const { code, out } = await run('src/stack/ledger-verify.ts', '--json');
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { balanced: true, by_currency: { CNY: 0 }, by_channel: { 'wechat-pay': { CNY: 1_999 } } },
    ]);
  });

  test('find nothing to migrate', async () => {
    expect(await run('src/stack/migrate.ts')).toEqual({
      code: 0,
      out: '{"migrated":true}\n',
      err: '',
    });
  });

  test('say how they are used', async () => {
    const { code, err } = await run('src/stack/merchant.ts', 'make');
    expect([code, err]).toEqual([2, expect.stringContaining('usage: npm run merchant')]);
  });

  test('without a stack say in one line what to do', async () => {
    const env = { ...stack.env, DATA_DIR: '/tmp/holdfast-none', DATABASE_URL: '' };
    const commands = [
      startProgram('src/stack/merchant.ts', env, { args: ['create', '--name', 'X'] }),
      startProgram('src/stack/ledger-verify.ts', env),
      startProgram('src/stack/migrate.ts', env),
    ];
    for (const command of commands) {
      expect(await command.ended).toBe(1);
      expect(command.stderr()).toBe(
        'no stack runs in DATA_DIR /tmp/holdfast-none: start it (npm start), name another DATA_DIR, or set DATABASE_URL\n',
      );
    }
  });

  test(
    'serve as one process each, and drain at SIGTERM',
    async () => {
      const port = String(await freePort());
      const env = {
        ...stack.env,
        DATABASE_URL: databaseUrl(),
        TEMPORAL_ADDRESS: `127.0.0.1:${stack.env['TEMPORAL_PORT']}`,
        PORT: port,
        SANDBOX_PORT: String(await freeRow(sandboxPorts)),
      };
      const dataDir = newDataDir();
      const api = startProgram('src/api/main.ts', env);
      const worker = startProgram('worker.ts', env);
      const sandbox = startProgram('src/sandbox/main.ts', { ...env, DATA_DIR: dataDir });
      await Promise.all([api, worker, sandbox].map((program) => program.line('ready')));
      await paysOnce(new Merchant({ ...stack.ready, api: `http://127.0.0.1:${port}` }));
      for (const program of [api, worker, sandbox]) program.child.kill('SIGTERM');
      expect(await Promise.all([api.ended, worker.ended, sandbox.ended])).toEqual([0, 0, 0]);
      removeDataDir(dataDir);
    },
    patienceMs,
  );
});

test(
  'a worker that cannot begin, since its namespace is not there, ends with 1 for another one to begin',
  async () => {
    const worker = startProgram('worker.ts', {
      ...stack.env,
      DATABASE_URL: databaseUrl(),
      TEMPORAL_ADDRESS: `127.0.0.1:${stack.env['TEMPORAL_PORT']}`,
      TEMPORAL_NAMESPACE: 'nowhere',
    });
    expect(await worker.ended).toBe(1);
    expect(worker.stderr()).toContain('nowhere');
  },
  patienceMs,
);

describe('a child that dies', () => {
  test.each(kinds)(
    'by kill -9 of the %s is back within 10 s, and a payment succeeds',
    async (kind) => {
      const { body: open } = await merchant.create();
      const killed = census(stack.dataDir)[kind]!;
      process.kill(killed, 'SIGKILL');
      await until(() => ![undefined, killed].includes(census(stack.dataDir)[kind]), 10_000);
      await until(isReady(stack));
      await paid(merchant, open);
      await paysOnce(merchant);
    },
    patienceMs,
  );
});

describe('given servers', () => {
  const given = (database = 'holdfast') => ({
    DATABASE_URL: databaseUrl().replace(/holdfast$/, database),
    TEMPORAL_ADDRESS: `127.0.0.1:${stack.env['TEMPORAL_PORT']}`,
  });

  test(
    'serve a second stack beside the one that runs them',
    async () => {
      const second = await launch(given());
      expect(second.ready.pids).toMatchObject({ temporal: null, postgres: null });
      await paysOnce(new Merchant(second.ready));
      await endedInTime(second, second.stop());
      await second.remove();
      expect(await isReady(stack)()).toBe(true);
    },
    patienceMs,
  );

  test(
    'get no demo merchant in production',
    async () => {
      await select('create database production');
      const SECRET_KEYS = `k1:${randomBytes(32).toString('base64')}`;
      const second = await launch({ ...given('production'), NODE_ENV: 'production', SECRET_KEYS });
      expect(second.ready).toMatchObject({ ready: true, api_key: null, merchant: null, app: null });
      expect(existsSync(join(second.dataDir, 'api_key'))).toBe(false);
      expect(existsSync(join(second.dataDir, 'secret_key'))).toBe(false);
      const tables = '(select id from merchants union all select id from channel_accounts)';
      const found = await select(`select count(*)::int as count from ${tables} made`, 'production');
      expect(found).toEqual([{ count: 0 }]);
      await second.remove();
    },
    patienceMs,
  );
});

describe('a launcher', () => {
  let open: any;

  test(
    'that was killed leaves what the next one ends, by id',
    async () => {
      await merchant.create({ wait: 0 }); // there is work in flight
      const left = Object.values(census(stack.dataDir));
      stack.launcher.kill('SIGKILL');
      await until(() => !isAlive(stack.launcher.pid!));
      await restart();
      expect(left.filter(isAlive)).toEqual([]);
    },
    patienceMs,
  );

  test('ends everything at SIGINT', async () => {
    open = (await merchant.create()).body;
    const ended = new Promise<number | null>((resolve) => stack.launcher.once('exit', resolve));
    stack.launcher.kill('SIGINT');
    await endedInTime(stack, ended);
    expect(existsSync(join(stack.dataDir, 'stack.json'))).toBe(false);
    expect(await isFree(Number(stack.env['PORT']))).toBe(true);
  });

  test(
    'starts again without its Temporal: the same key, and open payments go on',
    async () => {
      rmSync(join(stack.dataDir, 'temporal'), { recursive: true });
      const { api_key, merchant: owner, app } = stack.ready;
      await restart();
      expect(stack.ready).toMatchObject({ api_key, merchant: owner, app });
      await paid(merchant, open);
    },
    patienceMs,
  );

  test(
    'starts again with empty stores: the same key of a new merchant',
    async () => {
      const { api_key, merchant: owner } = stack.ready;
      await endedInTime(stack, stack.stop());
      rmSync(join(stack.dataDir, 'sandbox'), { recursive: true });
      rmSync(join(stack.dataDir, 'postgres'), { recursive: true });
      await restart();
      expect(stack.ready.api_key).toBe(api_key);
      expect(stack.ready.merchant).not.toBe(owner);
      await paysOnce(merchant);
    },
    patienceMs,
  );
});

test(
  'an ordinary user has a stack too, beside another one',
  async () => {
    const { uid, gid } = ordinaryUser();
    const dataDir = newDataDir();
    mkdirSync(join(dataDir, 'bin'));
    copyFileSync(await temporalExecutable(dataDir), join(dataDir, 'bin', 'temporal'));
    if (process.getuid?.() === 0) chownSync(dataDir, uid, gid);
    const own = await launch({ HOME: '/nonexistent' }, dataDir, { uid, gid });
    await paysOnce(new Merchant(own.ready));
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(uid);
    await endedInTime(own, own.stop());
    await own.remove();
    expect(await isReady(stack)()).toBe(true);
  },
  patienceMs,
);

function databaseUrl(): string {
  return readFileSync(join(stack.dataDir, 'database_url'), 'utf8');
}

async function select(text: string, database = 'holdfast'): Promise<unknown[]> {
  const client = new pg.Client(databaseUrl().replace(/holdfast$/, database));
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

/** `nobody` for root, unless nobody can read this project; else whoever we are. */
function ordinaryUser(): { uid: number; gid: number } {
  const nobody = { uid: 65_534, gid: 65_534 };
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  if (self.uid !== 0) return self;
  const reads = spawnSync('test', ['-r', join(root, 'package.json')], { ...nobody, cwd: '/' });
  return reads.status === 0 ? nobody : self;
}
