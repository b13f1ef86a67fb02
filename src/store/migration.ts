import { fileURLToPath } from 'node:url';

import { runner } from 'node-pg-migrate';

import { withClient } from './client.ts';
import { moveToModes } from './ledger-move.ts';

/** Brings the database to the newest migration. Several processes may run it at once: they take turns. */
export async function migrate(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (dbClient) => {
    await runner({
      dbClient,
      dir: fileURLToPath(new URL('./migrations', import.meta.url)),
      direction: 'up',
      migrationsTable: 'schema_migrations',
      checkOrder: false, // they land in another order than their numbers: 0020 was there before 0015
      advisoryLockMode: 'wait', // its default fails whoever comes second
      log: () => undefined,
    });
    await moveToModes(dbClient); // what a migration has begun that one transaction would hold up everybody with
  });
}
