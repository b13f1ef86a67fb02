import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { embeddedPostgres } from '../../src/stack/postgres.ts';
import { migrate } from '../../src/store/migration.ts';
import { createStore, type Store, type StoreOptions } from '../../src/store/store.ts';
import { keyring } from './keyring.ts';
import { removeDataDir } from './launcher.ts';
import { rulesOf, timing } from './payment.ts';

/** A real PostgreSQL of this test file's own, migrated. */
export interface Database {
  readonly url: string;
  /** A store over it; `close` closes those that are still open. */
  readonly open: (given?: Partial<StoreOptions>) => Store;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port in a folder of its own (3 s). */
export async function openDatabase(): Promise<Database> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-db-'));
  const postgres = await embeddedPostgres({ dataDir });
  await migrate(postgres.url);
  const stores: Store[] = [];
  return {
    url: postgres.url,
    open: (given = {}) => {
      const store = createStore({
        databaseUrl: postgres.url,
        timing,
        rulesOf,
        keyring,
        ...given,
      });
      stores.push(store);
      return store;
    },
    close: async () => {
      await Promise.allSettled(stores.map((store) => store.close()));
      await postgres.stop();
      removeDataDir(dataDir);
    },
  };
}
