import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import type { Report } from './report.ts';
import { say } from './say.ts';
import { proofs } from './violation.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('bugs', import.meta.url));

/** How often a smoke run may miss a bug. */
const runsMax = 3;

const signals = ['SIGINT', 'SIGTERM'] as const;

/** What `--bug-bank --json` prints. */
export interface Catch {
  readonly caught: number;
  readonly of: number;
  readonly bugs: readonly Bug[];
}

interface Bug {
  readonly name: string;
  readonly caught: boolean;
  readonly runs: number;
  /** The invariants that bit. */
  readonly by: readonly string[];
}

/** The names of the seeded bugs. */
export function bugNames(): string[] {
  const patches = readdirSync(folder).filter((name) => name.endsWith('.patch'));
  return patches.map((name) => basename(name, '.patch')).sort();
}

/**
 * Plants each bug in a copy of the tree and runs the smoke form there until it is caught.
 *
 * @param only the names of some
 * @param more further words for the campaign's command line
 */
export async function bugBank(
  only: readonly string[],
  seed: string,
  more: readonly string[],
): Promise<Catch> {
  const names = bugNames().filter((name) => only.length === 0 || only.includes(name));
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`--only: there is no bug '${unknown.join()}': ${bugNames().join(', ')}`);
  const bugs: Bug[] = [];
  for (const name of names) bugs.push(await hunt(name, seed, more));
  return { caught: bugs.filter((bug) => bug.caught).length, of: bugs.length, bugs };
}

async function hunt(name: string, seed: string, more: readonly string[]): Promise<Bug> {
  const tree = planted(name);
  try {
    for (let run = 1; run <= runsMax; run += 1) {
      say(`${name}: run ${run}`);
      const report = await campaignIn(tree, ['--seed', `${seed}.${run}`, ...more]);
      const bites = proofs(report.failures);
      const by = [...new Set(bites.map(({ invariant }) => invariant))];
      const [first] = bites;
      if (first) {
        say(`${name}: caught by ${by.join(', ')} (${first.subject}: ${first.detail})`);
        return { name, caught: true, runs: run, by };
      }
    }
    say(`${name}: NOT caught`);
    return { name, caught: false, runs: runsMax, by: [] };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** A copy of this tree with the bug in it. Throws when the patch does not apply any more. */
function planted(name: string): string {
  const tree = mkdtempSync(join(tmpdir(), `holdfast-bug-${name}-`));
  const left = new Set(['node_modules', '.git', 'coverage', 'build']);
  const isWanted = (path: string) => !left.has(basename(path)) && !basename(path).startsWith('.data'); // prettier-ignore
  cpSync(root, tree, { recursive: true, filter: isWanted });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  const applied = spawnSync('git', ['apply', '-C1', '--recount', '--whitespace=nowarn', join(folder, `${name}.patch`)], { cwd: tree, encoding: 'utf8' }); // prettier-ignore
  if (applied.status === 0) return tree;
  rmSync(tree, { recursive: true, force: true });
  throw new Error(`chaos/bugs/${name}.patch does not apply any more: ${applied.stderr.trim()}`);
}

/** Runs the smoke form of that tree. Throws when it ended without a report: then nothing is known. */
async function campaignIn(tree: string, words: readonly string[]): Promise<Report> {
  const args = [
    '--import',
    'tsx',
    'chaos/main.ts',
    '--profile',
    'smoke',
    '--first',
    '--json',
    ...words,
  ];
  const child = spawn(process.execPath, args, { cwd: tree, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (signal: NodeJS.Signals) => void child.kill(signal); // it ends its stack, and then we throw
  for (const signal of signals) process.on(signal, end);
  const [out, progress] = await Promise.all([text(child.stdout), text(child.stderr)]);
  for (const signal of signals) process.off(signal, end);
  const last = out.trim().split('\n').at(-1) ?? '';
  if (last.startsWith('{')) return JSON.parse(last) as Report;
  throw new Error(`the campaign did not come to an end:\n${progress.slice(-2_000)}`);
}
