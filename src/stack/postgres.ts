import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { type Child, startChild, untilReady } from './child.ts';
import { freePort } from './port.ts';
import { type PostgresHome, postgresHome } from './postgres-home.ts';

const database = 'holdfast';

export interface EmbeddedPostgres {
  readonly url: string;
  readonly child: Child;
  readonly stop: () => Promise<void>;
}

/** Starts the embedded PostgreSQL over DATA_DIR/postgres, made when it is not there; only for this machine. */
export async function embeddedPostgres(options: {
  dataDir: string;
  port?: number | undefined;
}): Promise<EmbeddedPostgres> {
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true });
  const password = keptPassword(dataDir);
  const home = await postgresHome(dataDir);
  if (!existsSync(join(home.data, 'PG_VERSION'))) await initialize(home, password);
  rmSync(join(home.data, 'postmaster.pid'), { force: true }); // of a killed one: the census has ended it
  const port = options.port ?? (await freePort());
  const child = await startChild(dataDir, {
    name: 'postgres',
    command: join(home.native, 'bin/postgres'),
    args: ['-D', home.data, ...settings(port)],
    cwd: '/',
    stopSignal: 'SIGINT', // fast shutdown: SIGTERM would wait for the clients
    ...home.owner,
  });
  const server = `postgres://holdfast:${password}@127.0.0.1:${port}`;
  await untilReady(dataDir, child, () => selects(`${server}/postgres`));
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

async function initialize(home: PostgresHome, password: string): Promise<void> {
  rmSync(home.data, { recursive: true, force: true }); // an initdb that was killed half way
  mkdirSync(home.data, { recursive: true, mode: 0o700 });
  const file = join(home.data, '..', `initdb.${process.pid}`);
  writeFileSync(file, password, { mode: 0o600 });
  if (home.owner)
    for (const path of [home.data, file]) chownSync(path, home.owner.uid, home.owner.gid);
  const args = [
    '-D',
    home.data,
    '-U',
    'holdfast',
    '-A',
    'scram-sha-256',
    `--pwfile=${file}`,
    '-E',
    'UTF8',
    '--locale=C',
  ];
  const initdb = spawn(join(home.native, 'bin/initdb'), args, {
    ...home.owner,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  initdb.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
  const code = await new Promise((resolve) => {
    initdb.once('exit', resolve);
    initdb.once('error', (error) => {
      complaint += error.message;
      resolve(1);
    });
  });
  rmSync(file, { force: true });
  if (code !== 0) {
    rmSync(home.data, { recursive: true, force: true });
    throw new Error(`PostgreSQL's initdb failed:\n${complaint}`);
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** True when this PostgreSQL takes statements. */
export function selects(url: string): Promise<boolean> {
  return withClient(url, async (client) => (await client.query('select 1')).rowCount === 1);
}

async function createDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  });
}
