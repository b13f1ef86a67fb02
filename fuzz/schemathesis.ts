import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const version = '4.32.5';
const settings = fileURLToPath(new URL('schemathesis', import.meta.url));

/** Runs Schemathesis; answers what it printed and its exit code. */
export type Schemathesis = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<{ readonly code: number | null; readonly lines: readonly string[] }>;

/** Schemathesis from PyPI, kept in the user's cache; or why it cannot be had here. */
export async function findSchemathesis(
  say: (line: string) => void,
): Promise<Schemathesis | string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'holdfast', `schemathesis-${version}`);
  if (!existsSync(folder)) {
    say(`fetching schemathesis ${version} from PyPI`);
    const missing = await fetchInto(folder);
    if (missing !== null) return missing;
  }
  return (args, env) => run(folder, args, env);
}

/** Null once it is there, else the reason. Two that fetch at once leave one copy. */
async function fetchInto(folder: string): Promise<string | null> {
  const making = `${folder}.${process.pid}`;
  const wanted = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--target', making, `schemathesis==${version}`];
  try {
    mkdirSync(join(folder, '..'), { recursive: true });
    await promisify(execFile)('python3', wanted, { timeout: 240_000 });
    if (!existsSync(folder)) renameSync(making, folder);
    return null;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message?: string };
    return `python3 with pip could not fetch schemathesis ${version}: ${stderr?.trim().split('\n').at(-1) || (message?.split('\n')[0] ?? 'failed')}`;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
} // prettier-ignore

async function run(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ReturnType<Schemathesis> {
  const cwd = mkdtempSync(join(tmpdir(), 'holdfast-schemathesis-')); // it writes caches where it stands
  const code = 'from schemathesis.cli import schemathesis; schemathesis()';
  const config = join(settings, 'schemathesis.toml');
  const child = spawn('python3', ['-c', code, '--config-file', config, 'run', ...args], {
    cwd,
    env: { ...process.env, PYTHONPATH: `${folder}:${settings}`, SCHEMATHESIS_HOOKS: 'hooks', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const ended = await new Promise<number | null>((resolve) => child.once('close', resolve));
  rmSync(cwd, { recursive: true, force: true });
  return { code: ended, lines };
} // prettier-ignore
