import { parseArgs } from 'node:util';

import { CannotStart } from '../src/stack/cannot-start.ts';
import { type Profile, profiles } from './profile.ts';

/** What `--help` prints. */
export const usage = `usage: npm run fuzz -- [--profile smoke|full] [--seed N] [--only ATTACK,…] [--json]

Attacks a stack of its own (temporary folder, free ports) over sockets on loopback: Schemathesis over the OpenAPI
document, forged and correctly signed channel callbacks with mutated content, bodies, smuggled and slow requests,
injected strings, card numbers, other merchants' objects and keys. Afterwards nothing may have crashed, grown,
changed or leaked.

  --profile P   smoke: minutes, for CI (default); full: 20,000 callbacks per channel and form, and a long Schemathesis
  --seed N      what chance draws from (default 1 in smoke; in full a new one, which is printed)
  --only A,B    these attacks alone: schema, callback, body, smuggling, target, spoofing, pipeline, slow-client,
                injection, identity, timing, card-number, return
  --json        the result as one line on stdout; progress always goes to stderr

Exits 0 only without findings. Schemathesis needs python3 with venv and pip; without them that attack is skipped by name.
`;

export interface Arguments {
  readonly profile: Profile;
  readonly seed: number;
  readonly only: readonly string[];
  readonly json: boolean;
}

/** Reads the command line; null when only help is wanted. Throws `CannotStart` for a wrong value. */
export function readArguments(args: string[], attacks: readonly string[]): Arguments | null {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string', default: 'smoke' },
      seed: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const profile = profiles[values.profile];
  if (!profile) throw new CannotStart(`--profile must be smoke or full, not '${values.profile}'`);
  const only = values.only?.split(',') ?? [];
  const unknown = only.find((name) => !attacks.includes(name));
  if (unknown !== undefined)
    throw new CannotStart(`--only must name ${attacks.join(', ')}, not '${unknown}'`);
  return { profile, seed: seedOf(values.seed, profile), only, json: values.json };
}

function seedOf(given: string | undefined, profile: Profile): number {
  if (given === undefined) return profile.name === 'smoke' ? 1 : Math.floor(Math.random() * 2 ** 31);
  if (/^\d{1,10}$/.test(given)) return Number(given);
  throw new CannotStart(`--seed must be a whole number of at most ten digits, not '${given}'`);
} // prettier-ignore
