import { spawnSync } from 'node:child_process';

import type { Given } from './arguments.ts';
import type { Figures } from './drill/drill.ts';
import type { RecoverySeconds } from './recovery.ts';
import type { Timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

/** What `--json` prints as its last line. */
export interface Report {
  readonly profile: string;
  readonly seed: string;
  readonly payments: number;
  readonly kills: number;
  readonly violations: number;
  /** With 95 % confidence a payment is violated less often than this, if none was: 3/N. */
  readonly bound_95: number;
  readonly recovery_seconds: RecoverySeconds;
  /** What the drill measured. */
  readonly drill: Figures;
  readonly failures: readonly Violation[];
}

export interface Run {
  readonly payments: number;
  readonly kills: number;
  readonly recovery: RecoverySeconds;
  readonly figures: Figures;
  readonly violations: readonly Violation[];
}

export function reportOf({ profile, seed }: Given, run: Run): Report {
  const { payments, kills, recovery, violations, figures } = run;
  return {
    profile, seed, payments, kills,
    violations: violations.length,
    bound_95: violations.length === 0 ? 3 / payments : 1,
    recovery_seconds: recovery,
    drill: figures,
    failures: violations.slice(0, 100),
  }; // prettier-ignore
}

/** A failure as a person needs it: what, at which commit, after what, and how to have it again. */
export function failureText(
  given: Given,
  violations: readonly Violation[],
  timeline: Timeline,
): string {
  const lines = violations.map(({ invariant, subject, detail }) => `  ${invariant}  ${subject}: ${detail}`); // prettier-ignore
  return [
    `${violations.length} violations`,
    ...lines.slice(0, 100),
    `seed ${given.seed}, commit ${commit()}`,
    'faults:',
    ...timeline.all().map((line) => `  ${line}`),
    `again: ${again(given)}`,
  ].join('\n');
}

function again({ profile, seed, payments, kills, open, story, sweeps, drill }: Given): string {
  const words = ['npm run chaos --', `--profile ${profile}`, `--seed ${seed}`];
  if (payments !== undefined) words.push(`--payments ${payments}`);
  if (kills !== undefined) words.push(`--kills ${kills}`);
  if (open !== undefined) words.push(`--open ${open}`);
  if (story !== undefined) words.push(`--story ${story}`);
  if (drill) words.push(`--drill ${drill}`);
  if (!sweeps) words.push('--no-sweep');
  return words.join(' ');
}

function commit(): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  const { stdout: changes } = spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' });
  return `${stdout.trim() || 'unknown'}${changes.trim() ? ' with changes' : ''}`;
}
