import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readConfig } from '../src/config.ts';
import { sandboxKeysOf, secretKeysOf } from '../src/secret-key.ts';

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const config = (env: Record<string, string>) =>
  readConfig({ DATABASE_URL: 'postgres://u@host/db', ...env });
const ids = (keys: readonly { id: string }[]) => keys.map(({ id }) => id);

describe('SECRET_KEYS', () => {
  test('names keys, the first one first', () => {
    const keys = secretKeysOf(config({ SECRET_KEYS: `k2:${key(2)}, k-1.a:${key(1)}` }));
    expect(keys).toEqual([
      { id: 'k2', bytes: Buffer.alloc(32, 2) },
      { id: 'k-1.a', bytes: Buffer.alloc(32, 1) },
    ]);
  });

  test.each([
    ['no id', key(1)],
    ['an empty id', `:${key(1)}`],
    ['a short key', `k1:${Buffer.alloc(16).toString('base64')}`],
    ['a long key', `k1:${Buffer.alloc(33).toString('base64')}`],
    ['no base64', `k1:${'!'.repeat(44)}`],
    ['a second one that is none', `k1:${key(1)},k2`],
    ['one id twice', `k1:${key(1)},k1:${key(2)}`],
  ])('with %s is refused in one line without its value', (_what, SECRET_KEYS) => {
    expect(() => config({ SECRET_KEYS })).toThrow(
      new Error(
        'SECRET_KEYS must be id:key by commas, each key 32 bytes in base64 (openssl rand -base64 32)',
      ),
    );
  });

  test('is all there is in production: of several machines each would make another key', () => {
    expect(secretKeysOf(config({ NODE_ENV: 'production' }))).toEqual([]);
  });
});

describe('without SECRET_KEYS', () => {
  let DATA_DIR: string;
  beforeEach(() => (DATA_DIR = mkdtempSync(join(tmpdir(), 'holdfast-keys-'))));
  afterEach(() => rmSync(DATA_DIR, { recursive: true }));

  test('one key is made and kept for us alone, and is the same ever after', () => {
    const dataDir = join(DATA_DIR, 'not', 'there');
    const made = secretKeysOf(config({ DATA_DIR: dataDir }));
    expect(ids(made)).toEqual([expect.stringMatching(/^k[0-9a-f]{8}$/), 'sandbox']);
    expect(statSync(join(dataDir, 'secret_key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'secret_key'), 'utf8')).toContain(
      made[0]!.bytes.toString('base64'),
    );
    expect(secretKeysOf(config({ DATA_DIR: dataDir }))).toEqual(made);
  });

  test('two data folders have two keys, and share the one of the sandbox’s accounts', () => {
    const [one, other] = ['a', 'b'].map((name) =>
      sandboxKeysOf(config({ DATA_DIR: join(DATA_DIR, name) })),
    );
    expect(one![0]).toEqual(other![0]);
    expect(one![1]!.bytes.equals(other![1]!.bytes)).toBe(false);
  });

  test('a file that holds no keys is named', () => {
    writeFileSync(join(DATA_DIR, 'secret_key'), 'nothing');
    expect(() => secretKeysOf(config({ DATA_DIR }))).toThrow(
      `${join(DATA_DIR, 'secret_key')} must be id:key by commas`,
    );
  });
});

test('keys that were given seal the accounts at the sandbox too', () => {
  const SECRET_KEYS = `k1:${key(1)},k2:${key(2)}`;
  expect(ids(sandboxKeysOf(config({ SECRET_KEYS })))).toEqual(['k1', 'k2']);
});
