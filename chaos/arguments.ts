import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { type DrillName, drillNames } from './drill/drill.ts';
import { type ProfileName, profiles } from './profile.ts';
import { type StoryName, storyNames } from './story/mix.ts';

/** What `--help` prints. */
export const usage = `usage: npm run chaos -- [--profile smoke|full|release] [--seed TEXT] [--payments N] [--kills N] [--json]
       npm run chaos -- --bug-bank [--only NAME]… [--json]

The fault campaign: a stack of its own (temporary folder, free ports), merchants, payers and a webhook receiver, bad
weather at the channels, and a killer. It ends by waiting until all is quiet and comparing what the product says with
the sandbox's books, the ledger and Temporal (invariants I1 to I12 of docs/reliability.md).

  --profile P    smoke: 300 payments, 12 kills (default); full: 2,000 and 120; release: 10,000 and 600
  --seed TEXT    what the traffic, its faults and the kills are drawn from (default: a new one); a failure names its
                 own. The same seed plays the same stories and kills; how processes interleave is the machine's
  --payments N   another number of payments
  --kills N      another number of kills
  --story NAME   plays this story only (qrPaid, cardCaptured, …)
  --no-sweep     leaves out the directed kills: one at each numbered place in the product (chaos/fault-place.ts)
  --drill NAME   instead of the kills: two-stacks (on one store), temporal-lost (its data), temporal-restored (from an
                 older copy), rolling-restart (API and workers are replaced, twice)
  --open N       rolling-restart: so many payments stay open meanwhile (500)
  --first        ends at the first violation that nothing can heal
  --keep         leaves the stack's folder (logs, books) where it is
  --bug-bank     plants each bug of chaos/bugs in a copy of the tree and runs the smoke form there, at most three times,
                 until it is caught: {caught, of, bugs}; --only NAME hunts that one. Exit 0 only when all were caught
  --json         {profile, seed, payments, kills, violations, bound_95, recovery_seconds, drill, failures} as the last line
                 on stdout; progress always goes to stderr

Exit 0 only without violations.
`;

export interface Given {
  readonly profile: ProfileName;
  readonly seed: string;
  readonly payments: number | undefined;
  readonly kills: number | undefined;
  readonly open: number | undefined;
  readonly story: StoryName | undefined;
  /** Is every fault place crashed, too? */
  readonly sweeps: boolean;
  /** Hunts the seeded bugs instead: all of them, or these. */
  readonly bugs: readonly string[] | undefined;
  /** Ends at the first violation that nothing can heal. */
  readonly isFirst: boolean;
  /** This instead of random and directed kills. */
  readonly drill: DrillName | undefined;
  readonly keep: boolean;
  readonly json: boolean;
}

/** Reads the command line; null when only help is wanted. Throws an Error with one line for a wrong value. */
export function readArguments(args: string[]): Given | null {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string', default: 'smoke' },
      seed: { type: 'string' },
      payments: { type: 'string' },
      kills: { type: 'string' },
      open: { type: 'string' },
      story: { type: 'string' },
      'bug-bank': { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      'no-sweep': { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
      drill: { type: 'string' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { profile, seed = String(randomInt(1_000_000)), story, keep, json } = values;
  if (!Object.hasOwn(profiles, profile))
    throw new Error(`--profile must be smoke, full or release, not '${profile}'`);
  if (!/^[\w.-]{1,30}$/.test(seed)) throw new Error(`--seed must be 1 to 30 letters and digits`);
  return {
    profile: profile as ProfileName,
    seed,
    payments: count('--payments', values.payments, 1),
    kills: count('--kills', values.kills, 0),
    open: count('--open', values.open, 1),
    story: oneOf('--story', storyNames, story),
    isFirst: values.first,
    drill: oneOf('--drill', drillNames, values.drill),
    sweeps: !values['no-sweep'],
    bugs: values['bug-bank'] ? values.only : undefined,
    keep,
    json,
  };
}

function oneOf<Name extends string>(
  option: string,
  names: readonly Name[],
  text: string | undefined,
): Name | undefined {
  if (text === undefined) return undefined;
  const found = names.find((name) => name === text);
  if (found) return found;
  throw new Error(`${option} must be one of ${names.join(', ')}, not '${text}'`);
}

function count(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (value >= least) return value;
  throw new Error(`${name} must be a whole number from ${least}, not '${text}'`);
}
