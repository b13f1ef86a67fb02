import { findCaller } from '../../src/store/api-key.ts';
import { createMerchant } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { startProgram } from '../support/launcher.ts';

let database: Database;
let store: Store;
let app: string;
const SECRET_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

beforeAll(async () => {
  database = await openDatabase();
  store = database.open();
  ({ app } = await createMerchant(store.pool, 'A shop', store.keyring));
});
afterAll(() => database.close());

/** Runs `npm run merchant -- …` as an operator does. */
async function run(...args: readonly string[]) {
  const env = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: database.url, SECRET_KEYS };
  const program = startProgram('src/stack/merchant.ts', env, { args });
  const code = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}
const told = async (...args: readonly string[]) => JSON.parse((await run(...args, '--json')).out);

test('a live key works until it is revoked, and is in the list by its last four characters alone', async () => {
  const made = await told('key', '--app', app, '--live');
  expect(made).toMatchObject({ app_id: app, livemode: true, revoked_at: null, api_key: expect.stringMatching(/^sk_live_[\w-]{43}$/) });
  expect(await findCaller(store.pool, made.api_key)).toMatchObject({ app_id: app, key_id: made.id, livemode: true });
  const listed = await run('keys', '--app', app, '--json');
  expect(listed.out).not.toContain(made.api_key);
  const { api_key, ...shown } = made;
  const { data } = JSON.parse(listed.out);
  expect(data).toEqual([shown, expect.objectContaining({ livemode: false })]); // newest first; the merchant's first key
  expect(shown.last4).toBe(api_key.slice(-4));
  const revoked = await told('revoke', '--key', made.id);
  expect(revoked).toEqual({ ...shown, revoked_at: expect.any(String) });
  expect(await findCaller(store.pool, api_key)).toBeNull();
  expect(await told('revoke', '--key', made.id)).toEqual(revoked);
}); // prettier-ignore

test('without --live it is a test key; for a person it is one line, which says that it is shown once', async () => {
  const { code, out } = await run('key', '--app', app);
  expect([code, out]).toEqual([0, expect.stringMatching(/^sk_test_[\w-]{43} \(key_\w+, shown once\)\n$/)]); // prettier-ignore
  expect((await run('keys', '--app', app)).out).toMatch(
    /^key_\w+ {2}test {2}….{4} {2}made \S+Z {2}works\n/,
  );
});

test('what is not there is said in one line', async () => {
  for (const verb of ['key', 'secret'])
    expect(await run(verb, '--app', 'app_none')).toEqual({ code: 1, out: '', err: '--app: there is no app app_none\n' }); // prettier-ignore
  const err = '--key: there is no key key_none (keys --app shows their ids, key_…)\n';
  expect(await run('revoke', '--key', 'key_none')).toEqual({ code: 1, out: '', err });
});

test('--help says how it is used; half a command shows the same, and fails', async () => {
  const help = await run('--help');
  expect(help).toEqual({ code: 0, out: expect.stringContaining('merchant -- key --app APP [--live] [--json]'), err: '' }); // prettier-ignore
  expect(await run('key', '--live')).toEqual({ code: 2, out: '', err: help.out });
});
