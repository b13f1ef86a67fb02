import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../src/stack/port.ts';
import { embeddedPostgres } from '../../src/stack/postgres.ts';
import { migrate } from '../../src/store/migration.ts';

/** A real PostgreSQL that a test may stop and start again at the same address. */
export interface Restartable {
  readonly url: string;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Starts one, migrated, in a folder of its own. */
export async function openRestartable(): Promise<Restartable> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-db-'));
  const port = await freePort();
  let postgres = await embeddedPostgres({ dataDir, port });
  await migrate(postgres.url);
  const stop = () => postgres.stop();
  return {
    url: postgres.url,
    stop,
    start: async () => {
      postgres = await embeddedPostgres({ dataDir, port });
    },
    remove: async () => {
      await stop();
      rmSync(realpathSync(join(dataDir, 'postgres')), { recursive: true }); // may be a link, see postgres-home.ts
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
