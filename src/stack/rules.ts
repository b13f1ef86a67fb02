import { parseArgs } from 'node:util';

import type { Store } from '../store/store.ts';
import { withStore } from './command-store.ts';
import { runCommand } from './failure.ts';
import type { Result } from './key-command.ts';
import { checkRules, dryRunRules, listVersions, type Place, placeOf, putRules, showVersion } from './rules-command.ts'; // prettier-ignore

const usage = `usage: npm run rules -- list --app APP [--live] [--json]
       npm run rules -- show --app APP [--version N] [--live] [--json]
       npm run rules -- put FILE --app APP [--live] [--json]
       npm run rules -- check FILE [--app APP] [--live] [--json]
       npm run rules -- dry-run FILE --app APP [--live] [--json]

list     lists the versions of an app's rules, newest first
show     shows the version in force, or version N, in the form that put takes
put      writes FILE as the next version, in force at once or at its effective_at
check    says everything that is wrong with FILE, with --app also which accounts the app cannot use; exit 1 if anything is
dry-run  says what FILE would do with the app's newest thousand payments, beside the rules in force; writes nothing

FILE is one JSON object, as docs/routing.md describes it; - reads it from standard input. For test keys, or with --live
for live ones. All of it in DATABASE_URL, else in the stack that runs in DATA_DIR; check without --app needs neither.
`;

async function rules(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      app: { type: 'string' }, version: { type: 'string' },
      live: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' },
    },
  }); // prettier-ignore
  const { app, version, live = false, json = false, help = false } = values;
  const done = help ? null : work(positionals, app, version, live);
  if (!done) {
    (help ? process.stdout : process.stderr).write(usage);
    return help ? 0 : 2;
  }
  const { data, lines } = await done();
  process.stdout.write(`${json ? JSON.stringify(data) : lines}\n`);
  return 0;
}

/** What the words ask for, or null. */
function work(
  [verb, file, ...more]: readonly string[],
  app: string | undefined,
  version: string | undefined,
  live: boolean,
): (() => Promise<Result>) | null {
  if (more.length > 0) return null;
  if (verb === 'check' && file && app === undefined) return () => checkRules(file, null, null);
  if (app === undefined) return null;
  const inStore = (does: (store: Store, place: Place) => Promise<Result>) => () =>
    withStore(async (store) => does(store, await placeOf(store, app, live)));
  if (verb === 'list' && !file) return inStore(listVersions);
  if (verb === 'show' && !file) return inStore((store, place) => showVersion(store, place, numberOf(version))); // prettier-ignore
  if (verb === 'put' && file) return inStore((store, place) => putRules(store, place, file));
  if (verb === 'dry-run' && file) return inStore((store, place) => dryRunRules(store, place, file));
  if (verb === 'check' && file) return inStore((store, place) => checkRules(file, place, store));
  return null;
}

function numberOf(version: string | undefined): number | null {
  if (version === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(version)) throw new Error(`--version must be a number, not '${version}'`); // prettier-ignore
  return Number(version);
}

await runCommand(rules);
