import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CannotStart } from '../src/stack/cannot-start.ts';

const run = promisify(execFile);

/** The server inside the dev server of CLI 1.9.1, which everything else here runs on. */
const version = 'v1.32.0';

export interface TemporalPrograms {
  readonly server: string;
  readonly sqlTool: string;
}

/** The full server and its SQL tool, built once with Go and kept in the cache. Throws `CannotStart` without Go. */
export async function temporalPrograms(say: (line: string) => void): Promise<TemporalPrograms> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'holdfast', `temporal-server-${version}`);
  const programs = { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
  if (existsSync(programs.server) && existsSync(programs.sqlTool)) return programs;
  await requireGo();
  mkdirSync(folder, { recursive: true });
  say(`building go.temporal.io/server ${version} with Go: minutes, once`);
  for (const path of ['cmd/server', 'cmd/tools/sql'])
    await run('go', ['install', `go.temporal.io/server/${path}@${version}`], {
      env: { ...process.env, GOBIN: folder },
      maxBuffer: 64 * 1024 * 1024, // it names every module that it fetches
    });
  return programs;
}

async function requireGo(): Promise<void> {
  await run('go', ['version']).catch(() => {
    throw new CannotStart(
      '--engine postgres: go is not on PATH, which builds the Temporal server that runs over PostgreSQL',
    );
  });
}
