import { fileURLToPath } from 'node:url';

import { runner } from 'node-pg-migrate';
import pg from 'pg';

import { moveToModes } from './ledger-move.ts';

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
  await moveBatches(databaseUrl);
}

/** What a migration has begun that one transaction would hold up everybody with. */
async function moveBatches(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await moveToModes(client);
  } finally {
    await client.end();
  }
}
