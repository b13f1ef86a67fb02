import { rulesOf } from '../channels/registry.ts';
import { type Config, readConfig } from '../config.ts';
import { createKeyring, type SecretKey } from '../store/keyring.ts';
import { createStore, type Store } from '../store/store.ts';
import { stackDatabaseUrl } from './stack-database.ts';

/**
 * Does a command's work in DATABASE_URL, else in the stack that runs in DATA_DIR, and closes the store behind it.
 *
 * @param keysOf the master keys, for a command that reads or writes secrets
 */
export async function withStore<Result>(
  work: (store: Store, config: Config) => Promise<Result>,
  keysOf: (config: Config) => readonly SecretKey[] = () => [],
): Promise<Result> {
  const databaseUrl = await stackDatabaseUrl(process.env);
  const config = readConfig({ ...process.env, DATABASE_URL: databaseUrl });
  const keyring = createKeyring(keysOf(config));
  const store = createStore({ databaseUrl, timing: config.timing, rulesOf, keyring });
  return work(store, config).finally(() => store.close());
}
