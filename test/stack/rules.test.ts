import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  checkRules,
  dryRunRules,
  listVersions,
  type Place,
  placeOf,
  putRules,
  showVersion,
} from '../../src/stack/rules-command.ts';
import { createMerchant } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { keyring } from '../support/keyring.ts';
import { startProgram } from '../support/launcher.ts';

let database: Database;
let store: Store;
let place: Place;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-rules-'));

beforeAll(async () => {
  database = await openDatabase();
  store = database.open();
  const { app } = await createMerchant(store.pool, 'A shop', keyring);
  place = await placeOf(store, app, false);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const fileOf = (document: unknown): string => {
  const path = join(folder, 'rules.json');
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
};
const nothing = { limits: [], methods: [], routes: [], refunds: [] };

test('an operator puts a document, sees its versions, and puts again what he is shown', async () => {
  const document = { description: 'a month', refunds: [{ name: 'month', window_days: 30 }] };
  const { lines } = await putRules(store, place, fileOf(document));
  expect(lines).toMatch(/^rul_\w+ {2}version 1 {2}current {2}from .*Z {2}0 limits, 0 methods, 0 routes, 1 refunds {2}a month$/);
  const shown = await showVersion(store, place, null);
  expect(JSON.parse(shown.lines)).toEqual({ ...nothing, ...document });
  await putRules(store, place, fileOf(shown.lines));
  await putRules(store, place, fileOf({ effective_at: '2099-01-01T00:00:00Z' }));
  expect((await listVersions(store, place)).lines.split('\n').map((line) => line.split('  ').slice(1, 3))).toEqual([
    ['version 3', 'planned'], ['version 2', 'current'], ['version 1', 'superseded'],
  ]);
  expect((await showVersion(store, place, 2)).data).toMatchObject({ object: 'rules', version: 2, livemode: false });
  expect((await listVersions(store, { ...place, livemode: true })).lines).toBe('');
}); // prettier-ignore

test('everything that is wrong is said at once, by its pointer, and nothing is written', async () => {
  const before = (await listVersions(store, place)).lines;
  const routes = [{ name: 'a', accounts: [{ channel_account: 'cha_nobody' }] }];
  const path = fileOf({ limits: [{ name: 'b', max_per_day: 5 }], routes, wrong: 1 });
  const lines = ['/limits/0/when/currencies: amounts are in minor units', '/wrong: no such field'];
  for (const line of lines) await expect(checkRules(path, null, null)).rejects.toThrow(line);
  await expect(putRules(store, place, path)).rejects.toThrow('/routes/0/accounts/0/channel_account: no such channel account'); // prettier-ignore
  await expect(checkRules(fileOf('{"limits":[],"limits":[]}'), null, null)).rejects.toThrow("the key 'limits' stands twice"); // prettier-ignore
  expect((await listVersions(store, place)).lines).toBe(before);
  await expect(placeOf(store, 'app_nobody', false)).rejects.toThrow('--app: there is no app app_nobody'); // prettier-ignore
  await expect(showVersion(store, place, 9)).rejects.toThrow('--version: there is no version 9');
});

test('a document is tried on past payments, and nothing is written', async () => {
  const before = (await listVersions(store, place)).lines;
  const { data, lines } = await dryRunRules(store, place, fileOf({ limits: [{ name: 'day', count_per_day: 5 }] })); // prettier-ignore
  expect(data).toMatchObject({ object: 'dry_run', rules_version: 2, payments: 0, moved: 0 });
  expect(lines).toBe('0 of 0 payments would be moved\nnot evaluated: day');
  const nobody = { routes: [{ name: 'a', accounts: [{ channel_account: 'cha_nobody' }] }] };
  await expect(dryRunRules(store, place, fileOf(nobody))).rejects.toThrow('/routes/0/accounts/0/channel_account: '); // prettier-ignore
  expect((await listVersions(store, place)).lines).toBe(before);
});

test('the command tells how it is used, and checks a document without a stack', async () => {
  const run = async (...args: readonly string[]) => {
    const program = startProgram(
      'src/stack/rules.ts',
      { ...process.env, NODE_OPTIONS: '' },
      { args },
    );
    return { code: await program.ended, out: program.stdout(), err: program.stderr() };
  };
  expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('npm run rules -- put FILE') }); // prettier-ignore
  expect((await run('check')).code).toBe(2);
  expect(await run('check', fileOf(nothing), '--json')).toMatchObject({ code: 0, out: '{"ok":true}\n' }); // prettier-ignore
  expect(await run('check', fileOf({ refunds: [{ name: 'a' }] }))).toMatchObject({ code: 1, err: expect.stringContaining('/refunds/0/window_days: ') }); // prettier-ignore
});
