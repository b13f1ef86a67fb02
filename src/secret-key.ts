import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Config } from './config.ts';
import type { SecretKey } from './store/keyring.ts';

/** What SECRET_KEYS must look like. */
export const secretKeysForm = 'must be id:key by commas, each key 32 bytes in base64 (openssl rand -base64 32)'; // prettier-ignore

/**
 * Where nobody gave keys it seals the accounts at the sandbox, and what test keys bring. Published, as what it seals is
 * (or worth nothing): so two stacks on one store, each with a `DATA_DIR` of its own, can both use it.
 */
const sandboxKey: SecretKey = {
  id: 'sandbox',
  bytes: createHash('sha256').update('published, as the keys of the sandbox are').digest(),
  isPublished: true,
};

/** The keys that a text names, in its order; null when it is none of this form. */
export function parseSecretKeys(text: string): readonly SecretKey[] | null {
  const keys = text.split(',').map((one) => {
    const [, id = '', key = ''] = /^([\w.-]{1,32}):([\w+/]{43}=)$/.exec(one.trim()) ?? [];
    return { id, bytes: Buffer.from(key, 'base64') };
  });
  const ids = new Set(keys.map(({ id }) => id));
  return keys.every(({ bytes }) => bytes.length === 32) && ids.size === keys.length ? keys : null;
}

type Given = Pick<Config, 'secretKeys' | 'dataDir' | 'production'>;

/**
 * The master keys: SECRET_KEYS, else those of `DATA_DIR/secret_key`, which is made when it is not there. The first one
 * seals. None in production without SECRET_KEYS: of several machines each would make its own, and none could open
 * what another has sealed. Throws an Error of one line when the file holds something else.
 */
export function secretKeysOf({ secretKeys, dataDir, production }: Given): readonly SecretKey[] {
  if (secretKeys.length > 0 || production) return secretKeys;
  return [...keptKeys(dataDir), sandboxKey];
}

/** The same keys, the one that seals the accounts at the sandbox first. */
export function sandboxKeysOf(given: Given): readonly SecretKey[] {
  return secretKeysOf(given).toSorted((a, b) => Number(b === sandboxKey) - Number(a === sandboxKey));
} // prettier-ignore

function keptKeys(dataDir: string): readonly SecretKey[] {
  const path = join(dataDir, 'secret_key');
  const keys = parseSecretKeys(keptText(dataDir, path).trim());
  if (!keys) throw new Error(`${path} ${secretKeysForm}`);
  return keys;
}

/** Whoever comes first makes it; all others read what it made. */
function keptText(dataDir: string, path: string): string {
  const drawn = `k${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}\n`;
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(path, drawn, { mode: 0o600, flag: 'wx' });
    return drawn;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8');
  }
}
