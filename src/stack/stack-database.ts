import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function path(dataDir: string): string {
  return join(dataDir, 'database_url');
}

/** Keeps where the running stack's database is, readable by us alone, for the commands beside it. */
export function keepDatabaseUrl(dataDir: string, url: string): void {
  writeFileSync(path(dataDir), url, { mode: 0o600 });
}

/** DATABASE_URL, else the database of the stack that runs in DATA_DIR. */
export function stackDatabaseUrl(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (env['DATABASE_URL']) return env['DATABASE_URL'];
  try {
    return readFileSync(path(env['DATA_DIR'] ?? '.data'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
