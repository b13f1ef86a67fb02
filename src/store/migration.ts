import { fileURLToPath } from 'node:url';

import { runner } from 'node-pg-migrate';

/** Brings the database to the newest migration. Several processes may run it at once: they take turns. */
export async function migrate(databaseUrl: string): Promise<void> {
  await runner({
    databaseUrl,
    dir: fileURLToPath(new URL('./migrations', import.meta.url)),
    direction: 'up',
    migrationsTable: 'schema_migrations',
    checkOrder: false, // they land in another order than their numbers: 0020 was there before 0015
    advisoryLockMode: 'wait', // its default fails whoever comes second
    log: () => undefined,
  });
}
