import { readConfig } from '../config.ts';
import { migrate } from '../store/migration.ts';

/** `npm run migrate`: brings the database of DATABASE_URL to the newest migration. */
await migrate(readConfig(process.env).databaseUrl);
process.stdout.write(`${JSON.stringify({ migrated: true })}\n`);
