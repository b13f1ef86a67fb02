import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { selects } from './postgres.ts';

type Environment = Readonly<Record<string, string | undefined>>;

function path(dataDir: string): string {
  return join(dataDir, 'database_url');
}

/** Keeps where the running stack's database is, readable by us alone, for the commands beside it. */
export function keepDatabaseUrl(dataDir: string, url: string): void {
  writeFileSync(path(dataDir), url, { mode: 0o600 });
}

/** The stack has stopped. */
export function forgetDatabaseUrl(dataDir: string): void {
  rmSync(path(dataDir), { force: true });
}

/** DATABASE_URL, else the database of the stack that runs in DATA_DIR. Throws with the remedies when none answers. */
export async function stackDatabaseUrl(env: Environment): Promise<string> {
  if (env['DATABASE_URL']) {
    if (await selects(env['DATABASE_URL']).catch(() => false)) return env['DATABASE_URL'];
    throw new Error('DATABASE_URL: no PostgreSQL answers there');
  }
  const dataDir = resolve(env['DATA_DIR'] || '.data');
  const kept = keptUrl(dataDir);
  if (kept !== null && (await selects(kept).catch(() => false))) return kept;
  throw new Error(
    `no stack runs in DATA_DIR ${dataDir}: start it (npm start), name another DATA_DIR, or set DATABASE_URL`,
  );
}

function keptUrl(dataDir: string): string | null {
  try {
    return readFileSync(path(dataDir), 'utf8').trim();
  } catch {
    return null;
  }
}
