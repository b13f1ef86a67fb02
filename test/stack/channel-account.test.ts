import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { allChannels } from '../../src/channels/registry.ts';
import { createMerchant } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { keyring } from '../support/keyring.ts';
import { startProgram } from '../support/launcher.ts';

const canary = 'canary0of0an0account';
const settings = { api_key: `sk_test_${canary}`, webhook_secrets: [`whsec_${canary}`] };

let database: Database;
let store: Store;
let merchant: string;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-account-'));

beforeAll(async () => {
  database = await openDatabase();
  store = database.open();
  ({ merchant } = await createMerchant(store.pool, 'A shop', keyring));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

/** Runs `npm run channel-account -- …` as an operator does. */
async function run(...args: readonly string[]) {
  const SECRET_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;
  const own = { NODE_OPTIONS: '', DATABASE_URL: database.url, SECRET_KEYS, PUBLIC_URL: 'https://pay.example' }; // prettier-ignore
  const program = startProgram('src/stack/channel-account.ts', { ...process.env, ...own }, { args }); // prettier-ignore
  const code = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

function file(content: object | string): string {
  const path = join(folder, 'settings.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const create = (content: object | string, ...args: readonly string[]) =>
  run('create', '--channel', 'stripe', '--settings', file(content), ...args, '--json');

test('without a verb the usage says how, and --help too', async () => {
  const { code, out, err } = await run();
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('npm run channel-account -- create');
  expect(await run('--help')).toEqual({ code: 0, out: err, err: '' });
});

test('a shared account is made, listed and changed, and its secrets are never shown', async () => {
  const made = await create(settings, '--currencies', 'EUR,JPY');
  expect(made).toMatchObject({ code: 0, err: '' });
  const account = JSON.parse(made.out);
  expect(account).toMatchObject({ channel: 'stripe', methods: ['card', 'apple_pay', 'google_pay', 'ideal'], currencies: ['EUR', 'JPY'], livemode: false, owner: 'platform', version: 1 }); // prettier-ignore
  expect(account.callback_url).toBe(`https://pay.example/v1/callbacks/stripe/${account.id}`);
  const changed = await run('update', '--account', account.id, '--settings', file({ api_key: 'rk_test_2' }), '--json'); // prettier-ignore
  expect(JSON.parse(changed.out)).toEqual({ ...account, version: 2 });
  const fees = [{ rate_ppm: 29_000, when: { methods: ['card'], currencies: ['USD'] }, fixed: 30 }];
  const priced = await run(
    'update',
    '--account',
    account.id,
    '--fees',
    file(JSON.stringify(fees)),
    '--json',
  );
  expect(JSON.parse(priced.out)).toEqual({ ...account, version: 3, fees });
  const listed = await run('list', '--merchant', merchant, '--json');
  expect(JSON.parse(listed.out)).toEqual({
    object: 'list',
    data: [{ ...account, version: 3, fees }],
  });
  const lines = await run('list');
  expect(lines.out).toMatch(new RegExp(`^${account.id}  stripe  version 3  test  of the platform`));
  for (const { out } of [made, changed, listed, lines]) expect(out).not.toContain(canary);
});

test('one of a merchant’s own, for live keys, is nobody else’s', async () => {
  const live = { ...settings, api_key: 'sk_live_1' };
  const made = await create(live, '--merchant', merchant, '--live');
  const account = JSON.parse(made.out);
  expect(account).toMatchObject({ livemode: true, owner: 'merchant' });
  expect((await run('list', '--live')).out).toBe('');
  expect((await run('list', '--live', '--merchant', merchant)).out).toContain(account.id);
});

test('an account never becomes another one at its channel', async () => {
  const adyen = { merchant_account: 'ShopOne', api_key: canary, hmac_keys: ['ab'.repeat(32)] };
  const made = await run('create', '--channel', 'adyen', '--settings', file(adyen), '--json');
  const { id } = JSON.parse(made.out);
  const other = file({ merchant_account: 'ShopTwo', api_key: 'new' });
  expect(await run('update', '--account', id, '--settings', other)).toEqual({
    code: 1,
    out: '',
    err: 'settings.merchant_account: names another account at adyen: make another cha_… for it\n',
  });
  const keyed = await run('update', '--account', id, '--settings', file({ api_key: 'new' }), '--json');
  expect(JSON.parse(keyed.out)).toMatchObject({ id, version: 2 });
}); // prettier-ignore

test('older versions are retired, the newest never', async () => {
  const { id } = JSON.parse((await create(settings)).out);
  for (const n of [2, 3]) await run('update', '--account', id, '--settings', file({ api_key: `rk_test_${n}` })); // prettier-ignore
  const retired = async () =>
    (await store.pool.query('select version from channel_accounts where id = $1 and retired_at is not null order by 1', [id])).rows.map(({ version }) => version); // prettier-ignore
  const newest = await run('retire', '--account', id, '--version', '3');
  expect(newest.err).toBe('--version: the newest version works on; give the account new keys first (update)\n'); // prettier-ignore
  expect([newest.code, await retired()]).toEqual([1, []]);
  expect(JSON.parse((await run('retire', '--account', id, '--version', '1', '--json')).out)).toMatchObject({ id, version: 3 }); // prettier-ignore
  expect(await retired()).toEqual([1]);
  await run('retire', '--account', id);
  expect(await retired()).toEqual([1, 2]);
});

test.each<[string, () => Promise<object>, string]>([
  ['a channel that is none', () => run('create', '--channel', 'nopay'), `--channel must be one of ${allChannels().map(({ slug }) => slug).join(', ')}, not 'nopay'`],
  ['no settings', () => run('create', '--channel', 'stripe'), '--settings names a file, or - for standard input'],
  ['a file that is not there', () => run('create', '--channel', 'stripe', '--settings', '/none'), '--settings: /none cannot be read (ENOENT)'],
  ['a file of another form', () => create(`{"api_key": ${canary}`), `--settings: ${join(folder, 'settings.json')} is not one JSON object`],
  ['fees that are none', () => create(settings, '--fees', file(JSON.stringify({ rate_ppm: 1 }))), 'fees: Invalid input: expected array, received object'],
  ['wrong members', () => create({ api_key: canary, colour: canary }), 'settings.api_key: must be a secret or restricted key\nsettings.webhook_secrets: Invalid input: expected array, received undefined\nsettings.colour: no such member'],
  ['a live key in a test account', () => create({ ...settings, api_key: 'sk_live_1' }), 'settings: keys of a live account; this one is test'],
  ['a private address of a live account', () => create({ ...settings, api_key: 'sk_live_1', base_url: 'https://10.0.0.1' }, '--live'), 'settings.base_url: a private or loopback address'],
  ['a plain address of a live account', () => create({ ...settings, api_key: 'sk_live_1', base_url: 'http://api.stripe.com' }, '--live'), 'settings.base_url: not https'],
  ['a merchant who is not there', () => create(settings, '--merchant', 'mer_1'), "--merchant: there is no merchant 'mer_1'"],
  ['a version that is none', () => run('retire', '--account', 'cha_1', '--version', 'x'), "--version must be a number, not 'x'"],
  ['nothing to retire', () => run('retire', '--account', 'cha_1'), "--account: there is no account 'cha_1'"],
  ['an account that is not there', () => run('update', '--account', 'cha_1', '--methods', 'card'), "--account: there is no account 'cha_1'"],
])('%s is refused in a line for each, without a secret', async (_what, ask, err) => {
  expect(await ask()).toEqual({ code: 1, out: '', err: `${err}\n` });
}); // prettier-ignore
