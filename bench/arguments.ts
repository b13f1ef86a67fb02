import { parseArgs } from 'node:util';

import { CannotStart } from '../src/stack/cannot-start.ts';
import { type Method, methods } from './side.ts';

/** What `--help` prints. */
export const usage = `usage: npm run bench -- [--json] [--payments N] [--in-flight N] [--rounds N] [--alone N]
                        [--method qr|card|both] [--engine dev|postgres] [--profile FOLDER] [--slow-channel MS]
                        [--only routing]

Closed-loop load over HTTP against a stack of its own (temporary folder, free ports): create, callback, succeeded,
one webhook; half QR, half card. Beside it, in turn and on the same Temporal server, a bare workflow that does the
same outside work (channel calls, one signal, one webhook post) with ordinary activities and no database.

  --payments N      measured payments in all, and as many bare workflows (default 240)
  --in-flight N     how many are under way at any time (default 8)
  --rounds N        in how many turns, bare and ours alternately; figures are medians over them (default 3)
  --alone N         how many are then made one at a time, for what a create adds (default 20)
  --method M        qr, card, or both in turn (default)
  --engine E        dev: the embedded dev server (default); postgres: a full Temporal server over PostgreSQL,
                    built once with Go (minutes)
  --slow-channel MS instead: QR payments while cards come in beside them whose channel takes so long for each call, and,
                    in turn, the same cards at a channel that answers at once; no bare workflow (10000 is a bad day)
  --only routing    instead: what it costs to choose the account among 200 rules of 20 accounts, without a stack (seconds)
  --profile FOLDER  CPU profiles (.cpuprofile) of API, worker and the bare ones, written there at the end
  --json            the figures as one line on stdout; progress always goes to stderr

The figures share this machine with everything else on it: compare the ratios, not the rates.
`;

export interface Arguments {
  readonly payments: number;
  readonly inFlight: number;
  readonly rounds: number;
  readonly alone: number;
  readonly methods: readonly Method[];
  readonly engine: 'dev' | 'postgres';
  /** Milliseconds that the other channel takes, for the measurement beside it. */
  readonly slowMs: number | undefined;
  /** This measurement alone. */
  readonly only: 'routing' | undefined;
  readonly profile: string | undefined;
  readonly json: boolean;
}

/** Reads the command line; null when only help is wanted. Throws `CannotStart` for a wrong value. */
export function readArguments(args: string[]): Arguments | null {
  const { values } = parseArgs({
    args,
    options: {
      payments: { type: 'string', default: '240' },
      'in-flight': { type: 'string', default: '8' },
      rounds: { type: 'string', default: '3' },
      alone: { type: 'string', default: '20' },
      method: { type: 'string', default: 'both' },
      engine: { type: 'string', default: 'dev' },
      'slow-channel': { type: 'string' },
      only: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { method, engine, profile, json, only, 'slow-channel': slow } = values;
  if (method !== 'qr' && method !== 'card' && method !== 'both')
    throw new CannotStart(`--method must be qr, card or both, not '${method}'`);
  if (engine !== 'dev' && engine !== 'postgres')
    throw new CannotStart(`--engine must be dev or postgres, not '${engine}'`);
  if (only !== undefined && only !== 'routing')
    throw new CannotStart(`--only must be routing, not '${only}'`);
  const rounds = count('--rounds', values.rounds, 1, 99);
  return {
    payments: count('--payments', values.payments, 2 * rounds, 1_000_000),
    inFlight: count('--in-flight', values['in-flight'], 1, 1_000),
    rounds,
    alone: count('--alone', values.alone, 2, 10_000),
    methods: method === 'both' ? methods : [method],
    engine,
    slowMs: slow === undefined ? undefined : count('--slow-channel', slow, 1, 15_000),
    only,
    profile,
    json,
  };
}

function count(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new CannotStart(`${name} must be a whole number from ${least} to ${most}, not '${text}'`);
}
