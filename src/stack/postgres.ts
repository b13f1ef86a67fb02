import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { withClient } from '../store/client.ts';
import { type Child, type ChildCommand, startChild, untilReady } from './child.ts';
import { freePort } from './port.ts';
import { type PostgresHome, postgresHome } from './postgres-home.ts';

const database = 'holdfast';

export interface EmbeddedPostgres {
  readonly url: string;
  readonly child: Child;
  readonly stop: () => Promise<void>;
}

type Spawn = (command: ChildCommand) => Promise<Child>;

interface PostgresOptions {
  readonly dataDir: string;
  readonly port?: number | undefined;
  /** How to start a process: a supervisor's `spawn`, else one that nobody looks after. */
  readonly spawn?: Spawn;
}

/** Starts the embedded PostgreSQL over DATA_DIR/postgres, made when it is not there; only for this machine. */
export async function embeddedPostgres({
  dataDir,
  port,
  spawn = (command) => startChild(dataDir, command),
}: PostgresOptions): Promise<EmbeddedPostgres> {
  mkdirSync(dataDir, { recursive: true });
  const password = keptPassword(dataDir);
  const home = await postgresHome(dataDir);
  if (!existsSync(join(home.data, 'PG_VERSION'))) await initialize(home, password, spawn);
  dropForeignLock(home.data);
  const listening = port ?? (await freePort());
  const child = await spawn({
    name: 'postgres',
    command: join(home.native, 'bin/postgres'),
    args: ['-D', home.data, ...settings(listening)],
    cwd: '/',
    stopSignal: 'SIGINT', // fast shutdown: SIGTERM would wait for the clients
    ...home.owner,
  });
  const server = `postgres://holdfast:${password}@127.0.0.1:${listening}`;
  await untilReady(child, () => selects(`${server}/postgres`));
  await createDatabase(`${server}/postgres`);
  return { url: `${server}/${database}`, child, stop: () => child.stop(8_000) };
}

/** Durable as it comes (fsync, synchronous_commit on); no socket, since a path may be too long for one. */
function settings(port: number): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    cluster_name: 'holdfast',
    log_min_messages: 'warning',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The superuser's password: drawn once, readable by us alone. */
function keptPassword(dataDir: string): string {
  const path = join(dataDir, 'postgres.password');
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}

/**
 * Removes a lock file whose process id belongs to something else by now (a container that was started again
 * draws the same ids). Any other lock is PostgreSQL's own affair: two of them over one folder would ruin it.
 */
function dropForeignLock(data: string): void {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = readFileSync(lock, 'utf8').split('\n')[0] ?? '';
  const commandLine = `/proc/${pid}/cmdline`;
  if (!existsSync(commandLine)) return;
  if (!readFileSync(commandLine, 'utf8').includes('postgres')) rmSync(lock, { force: true });
}

/** Makes the data folder beside its place and moves it there whole: an initdb that was killed leaves nothing. */
async function initialize(home: PostgresHome, password: string, spawn: Spawn): Promise<void> {
  const making = `${home.data}.new`;
  const file = `${home.data}.pwfile`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  writeFileSync(file, password, { mode: 0o600 });
  if (home.owner)
    for (const path of [making, file]) chownSync(path, home.owner.uid, home.owner.gid);
  const access = ['-U', 'holdfast', '-A', 'scram-sha-256', `--pwfile=${file}`];
  const initdb = await spawn({
    name: 'postgres',
    command: join(home.native, 'bin/initdb'),
    args: ['-D', making, ...access, '-E', 'UTF8', '--locale=C'],
    cwd: '/',
    stopSignal: 'SIGINT',
    ...home.owner,
  });
  const end = await initdb.ended;
  rmSync(file, { force: true });
  if (end !== 'exit 0') throw new Error(`PostgreSQL's initdb failed: ${initdb.lastWords()}`);
  renameSync(making, home.data);
}

/** True when this PostgreSQL takes statements. */
export function selects(url: string): Promise<boolean> {
  return withClient(url, async (client) => (await client.query('select 1')).rowCount === 1, 2_000);
}

async function createDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  });
}
