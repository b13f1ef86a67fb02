import { readConfig } from '../config.ts';
import { migrate } from '../store/migration.ts';
import { runCommand } from './failure.ts';
import { stackDatabaseUrl } from './stack-database.ts';

const usage = `usage: npm run migrate

Brings the database of DATABASE_URL, else of the stack that runs in DATA_DIR, to the newest migration.
`;

async function migrateToNewest(): Promise<number> {
  if (process.argv.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  const databaseUrl = await stackDatabaseUrl(process.env);
  await migrate(readConfig({ ...process.env, DATABASE_URL: databaseUrl }).databaseUrl);
  process.stdout.write(`${JSON.stringify({ migrated: true })}\n`);
  return 0;
}

await runCommand(migrateToNewest);
