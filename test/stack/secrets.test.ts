import { seedChannelAccount } from '../../src/store/seed.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { keyring } from '../support/keyring.ts';
import { startProgram } from '../support/launcher.ts';

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const testKey = `test:${key(7)}`; // of the stores of the tests
const newKey = `new:${key(8)}`;

let database: Database;

beforeAll(async () => {
  database = await openDatabase();
  const account = { id: 'cha_1', channel: 'stripe', settings: { secret: 'canary' } };
  await seedChannelAccount(database.open().pool, account, keyring);
});
afterAll(() => database.close());

/** Runs `npm run secrets -- …` as an operator does. */
async function run(args: readonly string[], SECRET_KEYS: string) {
  const env = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: database.url, SECRET_KEYS };
  const program = startProgram('src/stack/secrets.ts', env, { args });
  const code = await program.ended;
  return { code, out: program.stdout(), err: program.stderr() };
}

test('without a verb the usage says how, and --help too', async () => {
  const { code, out, err } = await run([], testKey);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('npm run secrets -- rotate');
  expect(await run(['--help'], testKey)).toEqual({ code: 0, out: err, err: '' });
});

test('keys of the wrong form are refused in one line without them', async () => {
  const err = 'SECRET_KEYS must be id:key by commas, each key 32 bytes in base64 (openssl rand -base64 32)\n'; // prettier-ignore
  expect(await run(['rotate'], 'new:hunter2')).toEqual({ code: 1, out: '', err });
});

test('a key that is missing is named, and nothing is changed', async () => {
  const err = "SECRET_KEYS: no key 'test', which has sealed channel account cha_1 version 1\n";
  expect(await run(['rotate', '--json'], newKey)).toEqual({ code: 1, out: '', err });
});

test('rotate seals everything with the first key, after which the old one is not needed', async () => {
  const out = '{"resealed":1,"key":"new"}\n';
  expect(await run(['rotate', '--json'], `${newKey},${testKey}`)).toEqual({ code: 0, out, err: '' }); // prettier-ignore
  const again = "0 secrets sealed anew; the key 'new' opens all of them\n";
  expect(await run(['rotate'], newKey)).toEqual({ code: 0, out: again, err: '' });
});
