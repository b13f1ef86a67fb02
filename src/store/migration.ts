import { fileURLToPath } from 'node:url';

import { runner } from 'node-pg-migrate';

/** Brings the database to the newest migration. Safe to run by several processes at once: it takes an advisory lock. */
export async function migrate(databaseUrl: string): Promise<void> {
  await runner({
    databaseUrl,
    dir: fileURLToPath(new URL('./migrations', import.meta.url)),
    direction: 'up',
    migrationsTable: 'schema_migrations',
    log: () => undefined,
  });
}
