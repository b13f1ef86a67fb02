import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readConfig } from '../../src/config.ts';
import { sandboxKeysOf } from '../../src/secret-key.ts';
import { type KeptSettings, openSettings } from '../../src/store/account-settings.ts';
import { findCaller } from '../../src/store/api-key.ts';
import { createKeyring } from '../../src/store/keyring.ts';
import { seedChannelAccount } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { type RunningSandbox, startSandbox } from '../sandbox/running-sandbox.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { newDataDir, removeDataDir, startProgram } from '../support/launcher.ts';

let database: Database;
let store: Store;
let sandbox: RunningSandbox;
let port: number;
const dataDir = newDataDir();

beforeAll(async () => {
  [database, sandbox] = await Promise.all([openDatabase(), startSandbox()]);
  store = database.open();
  port = Number(new URL(sandbox.control).port);
});
afterAll(async () => {
  await Promise.all([sandbox.discard(), database.close()]);
  removeDataDir(dataDir);
});

/** Runs `npm run merchant -- demo` as a deployment does. */
async function seed(args: readonly string[], given: NodeJS.ProcessEnv = {}) {
  const own = {
    DATABASE_URL: database.url,
    DATA_DIR: join(dataDir, 'new'),
    NODE_ENV: 'development',
  };
  const env = { ...process.env, NODE_OPTIONS: '', ...own, ...given };
  const program = startProgram('src/stack/merchant.ts', env, { args: ['demo', ...args] });
  const code = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

const baseUrls = async () => {
  const config = readConfig({ DATABASE_URL: database.url, DATA_DIR: join(dataDir, 'new') });
  const keyring = createKeyring(sandboxKeysOf(config));
  const { rows } = await store.pool.query<KeptSettings & { channel: string }>(
    'select * from channel_accounts order by channel, version',
  );
  return rows.map((row) => {
    const { base_url } = openSettings(keyring, row) as { base_url?: string };
    return [row.channel, row.version, base_url];
  });
};
const counts = async () => {
  const text = 'select (select count(*)::int from merchants) as merchants, (select count(*)::int from channel_accounts) as accounts'; // prettier-ignore
  return (await store.pool.query<object>(text)).rows[0];
};

describe('before anything is seeded', () => {
  test.each([
    ['an address that is none', ['--sandbox', 'sandbox:8090'], {}, "--sandbox must be an http URL, like http://sandbox:8090, not 'sandbox:8090'"],
    ['a port that is none', ['--sandbox', 'http://sandbox', '--stripe-port', '0'], {}, "--stripe-port must be between 1 and 65535, not '0'"],
    ['no port after the last', ['--sandbox', 'http://sandbox:65535'], {}, "--wechat-pay-port must be between 1 and 65535, not '65536'"],
    ['a sandbox that is away', ['--sandbox', 'http://127.0.0.1:1'], {}, 'no sandbox answers at http://127.0.0.1:1'],
    ['production', ['--sandbox', 'http://127.0.0.1:1'], { NODE_ENV: 'production' }, "NODE_ENV: no demo merchant in production, the sandbox's keys are published"],
  ])('%s is refused in one line', async (_what, args, env, line) => {
    expect(await seed(args, env)).toEqual({ code: 1, out: '', err: `${line}\n` });
    expect(await counts()).toEqual({ merchants: 0, accounts: 0 });
  }); // prettier-ignore

  test('no sandbox is named: the usage says how', async () => {
    const { code, out, err } = await seed([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('merchant -- demo --sandbox URL');
  });
});

test('the merchant gets a key that works, and accounts at the host of the sandbox; again, the same', async () => {
  const args = ['--sandbox', `http://localhost:${port}/`, '--json'];
  const { code, out } = await seed(args);
  expect(code).toBe(0);
  const made = JSON.parse(out);
  expect(Object.keys(made)).toEqual(['merchant', 'app', 'api_key']);
  expect(await findCaller(store.pool, made.api_key)).toMatchObject({ merchant_id: made.merchant });
  const atNextPorts = [
    ['adyen', 1, `http://localhost:${port + 6}`],
    ['alipay', 1, `http://localhost:${port + 3}`],
    ['balance', 1, undefined], // its other side is ours
    ['bank-transfer', 1, `http://localhost:${port + 5}`],
    ['paypal', 1, `http://localhost:${port + 4}`],
    ['stripe', 1, `http://localhost:${port + 2}`],
    ['unionpay', 1, `http://localhost:${port + 7}`],
    ['wechat-pay', 1, `http://localhost:${port + 1}`],
  ];
  expect(await baseUrls()).toEqual(atNextPorts);
  expect(readFileSync(join(dataDir, 'new', 'api_key'), 'utf8')).toBe(`${made.api_key}\n`);
  expect(await seed(args)).toEqual({ code: 0, out, err: '' });
  expect(await baseUrls()).toEqual(atNextPorts);
  expect(await counts()).toEqual({ merchants: 1, accounts: atNextPorts.length });
});

test('an account that somebody has given another key keeps it', async () => {
  const config = readConfig({ DATABASE_URL: database.url, DATA_DIR: join(dataDir, 'new') });
  const keyring = createKeyring(sandboxKeysOf(config));
  const latest = async () => {
    const text = `select * from channel_accounts where channel = 'stripe' order by version desc limit 1`;
    const [row] = (await store.pool.query<KeptSettings>(text)).rows;
    return { id: row!.id, version: row!.version, settings: openSettings(keyring, row!) as object };
  };
  const { id, settings } = await latest();
  const changed = { ...settings, webhook_secrets: ['whsec_first', 'whsec_next'] };
  await seedChannelAccount(store.pool, { id, channel: 'stripe', settings: changed }, keyring);
  const before = await latest();
  expect((await seed(['--sandbox', `http://localhost:${port}/`])).code).toBe(0);
  expect(await latest()).toEqual(before);
  await store.pool.query('delete from channel_accounts where id = $1 and version > 1', [id]);
});

test('channels at other ports are told, and are a new version of their accounts', async () => {
  const ports = [
    '--wechat-pay-port',
    '9001',
    '--stripe-port',
    '9002',
    '--alipay-port',
    '9003',
    '--paypal-port',
    '9004',
    '--bank-transfer-port',
    '9005',
    '--adyen-port',
    '9006',
    '--unionpay-port',
    '9007',
  ];
  const { code, out } = await seed(['--sandbox', sandbox.control, ...ports]);
  expect(code).toBe(0);
  expect(out).toMatch(/^merchant mer_\w+\napp {6}app_\w+\nkey {6}sk_test_\S+\n$/);
  const latest = (await baseUrls()).filter(([, version]) => version === 2);
  expect(latest).toEqual([
    ['adyen', 2, 'http://127.0.0.1:9006'],
    ['alipay', 2, 'http://127.0.0.1:9003'],
    ['bank-transfer', 2, 'http://127.0.0.1:9005'],
    ['paypal', 2, 'http://127.0.0.1:9004'],
    ['stripe', 2, 'http://127.0.0.1:9002'],
    ['unionpay', 2, 'http://127.0.0.1:9007'],
    ['wechat-pay', 2, 'http://127.0.0.1:9001'],
  ]);
});
